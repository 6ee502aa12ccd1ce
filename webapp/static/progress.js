// Asks how far a job is and shows it; the page is loaded anew when the job has ended.
// Without this script the page loads itself anew every other second.
"use strict";

const place = document.querySelector("[data-progress]");
const bar = place.querySelector("progress");
const words = place.querySelector("[role=status]");

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { cache: "no-store" });
    const told = await answer.json();
    if (told.state !== "running") {
      location.reload();
      return;
    }
    if (words.textContent !== told.words) words.textContent = told.words;
    if (told.total) {
      bar.max = told.total;
      bar.value = told.done;
    } else {
      bar.removeAttribute("value");
    }
  } catch {
    // The site may just be starting anew; the next look will tell.
  }
  setTimeout(look, 1000);
}

setTimeout(look, 500);
