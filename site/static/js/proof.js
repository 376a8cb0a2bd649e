// A short check that keeps out machines: a worker solves it while the donor reads. Whoever presses
// before it is done goes on by itself then. Without this file a link by mail takes its place.
const form = document.querySelector("[data-proof]");

function begin() {
  const field = form.elements.proof;
  const words = form.querySelector("[data-proof-words]").content.textContent;
  let waits = "pressed" in form.dataset;
  let done = false;

  // Solved, or this browser cannot: then the field still asks for the mail.
  const finish = () => {
    done = true;
    form.querySelector("[data-proof-status]").textContent = "";
    if (waits) form.requestSubmit();
  };
  const say = () => (form.querySelector("[data-proof-status]").textContent = words);

  form.addEventListener("submit", (event) => {
    if (done) return;
    event.preventDefault();
    waits = true;
    say();
  });
  const worker = new Worker(form.dataset.worker);
  worker.addEventListener("message", ({ data }) => {
    if (data) field.value = data;
    worker.terminate();
    finish();
  });
  worker.addEventListener("error", finish);
  worker.postMessage(form.dataset.proof);
  if (waits) say();
}

if (form && window.Worker) begin();
