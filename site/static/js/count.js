// How many characters are left while somebody types; without this file the server says it.
for (const field of document.querySelectorAll("[data-count]")) {
  const told = field.form.querySelector("[data-count-words]");
  const most = Number(field.dataset.count);
  const tell = () => {
    // As the server counts: signs, not halves of them.
    const left = most - [...field.value.trim()].length;
    told.hidden = left > 200;
    const words = left < 0 ? told.dataset.countOver : told.dataset.countWords;
    const text = words.replace("NUMBER", Math.abs(left).toLocaleString(document.documentElement.lang));
    if (!told.hidden && (left % 20 === 0 || left < 0 || !told.textContent)) told.textContent = text;
  };
  field.addEventListener("input", tell);
  tell();
}
