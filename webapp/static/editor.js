// The editor of the SPARQL page: CodeMirror in the place of the text area, which stays the form's
// field, completion of our terms, and the queries of this browser. Without it the page does all else.

const form = document.getElementById("editor");
const field = form.elements.namedItem("query");
const KEPT = "dutygraph.queries";
const MOST = 20;

const [cm, known] = await Promise.all([
  import(form.dataset.codemirror),
  fetch(form.dataset.terms).then((answer) => answer.json()),
]);

// ---- Completion

const KEYWORDS = (
  "SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER " +
  "EXISTS NOT IN BIND VALUES UNDEF AS ORDER BY GROUP HAVING LIMIT OFFSET ASC DESC PREFIX BASE " +
  "COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT COALESCE IF BOUND STR LANG LANGMATCHES DATATYPE IRI " +
  "CONTAINS STRSTARTS STRENDS STRLEN SUBSTR REPLACE REGEX CONCAT LCASE UCASE YEAR MONTH DAY NOW " +
  "isIRI isLITERAL isBLANK"
).split(" ");

const inEnglish = form.dataset.language === "en";
const options = [
  ...known.terms.map(({ name, zh, en, is_class }) => ({
    label: name,
    detail: inEnglish ? `${en ?? zh} · ${zh}` : `${zh} · ${en ?? ""}`,
    words: `${name} ${zh} ${en ?? ""}`.toLowerCase(),
    type: is_class ? "class" : "property",
  })),
  ...Object.entries(known.prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`, detail: iri, words: `${prefix}:`, type: "namespace",
  })),
  ...KEYWORDS.map((word) => ({ label: word, words: word.toLowerCase(), type: "keyword" })),
];

function variables(text) {
  return [...new Set(text.match(/[?$]\w+/g) ?? [])].map((label) => ({ label, type: "variable" }));
}

// A term is found by its name and by what it is called in either language.
function complete(context) {
  const word = context.matchBefore(/[?$]?[\w:\-\u4e00-\u9fff]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const wanted = word.text.toLowerCase();
  if (/^[?$]/.test(wanted)) {
    const others = variables(context.state.doc.toString()).filter(({ label }) => label !== word.text);
    return { from: word.from, options: others, validFor: /^[?$]\w*$/ };
  }
  const fitting = options.filter(({ words }) => words.includes(wanted));
  const starting = ({ label }) => (label.toLowerCase().startsWith(wanted) ? 0 : 1);
  fitting.sort((one, other) => starting(one) - starting(other));
  return { from: word.from, options: fitting.slice(0, 100), filter: false };
}

// ---- The editor, in a shadow root: there CodeMirror's style needs no leave of the content policy

const look = cm.EditorView.theme({
  "&": { backgroundColor: "var(--field)", color: "var(--ink)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "2px solid var(--blue)" },
  ".cm-content": { fontFamily: "var(--pico-font-family-monospace)", caretColor: "var(--ink)", minHeight: "12rem" },
  ".cm-scroller": { minHeight: "12rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--wash)", color: "var(--faint)", border: "0" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "var(--chosen)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--glow)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--pico-font-family)", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--blue)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
});
const { tags } = cm;
const colours = cm.HighlightStyle.define([
  { tag: tags.keyword, color: "var(--red)" },
  { tag: [tags.atom, tags.url], color: "var(--blue)" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--green)" },
  { tag: [tags.string, tags.meta], color: "var(--amber)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: tags.standard(tags.variableName), color: "var(--red)" },
]);

// Browsers keep the look of lines that are typed over in style attributes, which the content policy
// refuses; so what replaces several lines is put in here.
function typeOver(event, view) {
  const { doc, selection: { main } } = view.state;
  if (event.inputType !== "insertText" || doc.lineAt(main.from).to >= main.to) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  return true;
}

function run() {
  form.requestSubmit();
  return true;
}

const place = document.createElement("div");
place.className = "editor-place";
const root = place.attachShadow({ mode: "open" });
field.after(place);
const view = new cm.EditorView({
  root,
  parent: root,
  state: cm.EditorState.create({
    doc: field.value,
    extensions: [
      cm.lineNumbers(),
      cm.history(),
      cm.drawSelection(),
      cm.bracketMatching(),
      cm.closeBrackets(),
      cm.indentUnit.of("  "),
      cm.StreamLanguage.define(cm.sparql),
      cm.syntaxHighlighting(colours),
      cm.autocompletion({ override: [complete], icons: false }),
      cm.EditorView.domEventHandlers({ beforeinput: typeOver }),
      cm.EditorView.lineWrapping,
      cm.EditorView.contentAttributes.of({ "aria-label": form.querySelector("label").textContent }),
      cm.EditorView.updateListener.of((update) => {
        if (update.docChanged) field.value = update.state.doc.toString();
      }),
      look,
      cm.keymap.of([
        { key: "Ctrl-Enter", mac: "Cmd-Enter", run },
        ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, ...cm.completionKeymap,
      ]),
    ],
  }),
});
const writing = document.activeElement === field;
field.hidden = true;
if (writing) view.focus();
// A hidden field cannot be pointed at as empty; the server says what is missing.
field.required = false;
form.querySelector("label").addEventListener("click", () => view.focus());
form.querySelector(".keys").hidden = false;

function put(text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  view.focus();
}

// ---- The queries of this browser

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function keep(queries) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(queries.slice(0, MOST)));
  } catch {
    // A browser that keeps nothing has no history.
  }
}

const past = document.createElement("details");
past.className = "past";
form.after(past);

function show() {
  const queries = kept();
  past.hidden = queries.length === 0;
  const summary = document.createElement("summary");
  summary.textContent = `${form.dataset.history} (${queries.length})`;
  const list = document.createElement("ul");
  list.append(...queries.map((query) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = query.replace(/\s+/g, " ").trim().slice(0, 120);
    button.addEventListener("click", () => put(query));
    item.append(button);
    return item;
  }));
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "plain";
  clear.textContent = form.dataset.clear;
  clear.addEventListener("click", () => { keep([]); show(); });
  past.replaceChildren(summary, list, clear);
}

// A query may take seconds: meanwhile the page says so. Who comes back to it finds it as it was.
const start = form.querySelector("button[type=submit]");
const state = form.querySelector("[role=status]");

function say(words) {
  start.ariaBusy = String(words !== "");
  state.textContent = words;
}

form.addEventListener("submit", () => {
  const text = field.value;
  keep([text, ...kept().filter((one) => one !== text)]);
  say(form.dataset.running);
});
addEventListener("pageshow", () => say(""));
show();
