"""The findings pages: counts, filters, evidence, the day and the settings that they are asked for."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.regulations.prepared import open_store, record_graphs
from tests.web.conftest import site_of
from webapp.pages.findings import _SHEET
