// Closes an open choice of filters on Escape, or when something else is clicked.
"use strict";
const openChoices = () => document.querySelectorAll("details.choice[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const choice of openChoices()) {
    choice.open = false;
    choice.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const choice of openChoices()) if (!choice.contains(event.target)) choice.open = false;
});
