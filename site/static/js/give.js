// The total as one types. The server counts again; nothing here decides an amount.
const form = document.querySelector("[data-give]");

// "1,234.50", "1.234,50", "25": the last sign with at most two digits behind it is the decimal sign.
function parse(text) {
  const cleaned = text.replace(/[^\d.,]/g, "");
  const sign = Math.max(cleaned.lastIndexOf("."), cleaned.lastIndexOf(","));
  const digits = Number(form.dataset.digits);
  const fraction = sign < 0 ? "" : cleaned.slice(sign + 1);
  const grouped = fraction.length === 3 && digits !== 3;
  const whole = (grouped || sign < 0 ? cleaned : cleaned.slice(0, sign)).replace(/[.,]/g, "");
  if (!whole || (!grouped && fraction.length > digits)) return null;
  return Number(whole) * 10 ** digits + Number((grouped ? "" : fraction).padEnd(digits, "0") || 0);
}

// What was typed wins over a button, as on the server.
function oneGift() {
  const chosen = form.querySelector("[name=amount_choice]:checked");
  const typed = form.elements.amount.value;
  return chosen && chosen.value !== "other" && !typed ? Number(chosen.value) : parse(typed);
}

// A basket: whole things and shares, a plain gift, a monthly gift.
function basket() {
  let sum = 0;
  for (const row of form.querySelectorAll("[data-unit]")) {
    sum += Number(row.querySelector("[name^=units]").value || 0) * Number(row.dataset.unit);
  }
  for (const field of form.querySelectorAll("[name^=share], [name=plain], [name=monthly]")) {
    sum += parse(field.value) ?? 0;
  }
  return sum;
}

function show() {
  const gift = form.elements.amount ? oneGift() : basket();
  const line = form.querySelector("[data-total]");
  line.hidden = !gift;
  if (!gift) return;
  // The fee as the server estimates it: the total from which, after the fee, the gift is left.
  const { rate, fixed } = form.dataset;
  const covers = form.elements.cover_fee?.checked && rate;
  const total = covers ? Math.ceil(((gift + Number(fixed)) * 10000) / (10000 - Number(rate))) : gift;
  // As core/money.py writes it: plain "es" would be the way of Spain.
  const { lang } = document.documentElement;
  const money = new Intl.NumberFormat(lang === "es" ? "es-US" : lang, {
    style: "currency",
    currency: form.dataset.currency,
  });
  line.querySelector("strong").textContent = money.format(total / 10 ** Number(form.dataset.digits));
}

if (form) {
  const other = form.querySelector("[name=amount_choice][value=other]");
  form.addEventListener("input", show);
  // By pointer only: whoever walks the choices with the arrow keys must be able to walk on.
  let pointed = false;
  form.addEventListener("pointerdown", () => (pointed = true));
  form.addEventListener("keydown", () => (pointed = false));
  form.addEventListener("change", (event) => {
    if (event.target === other && pointed) form.elements.amount.focus();
    // A button chosen after typing means that button.
    if (event.target.name === "amount_choice" && event.target !== other) form.elements.amount.value = "";
    show();
  });
  form.addEventListener("submit", () => {
    // A second press sends nothing twice; the server would recognise it anyway.
    for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
  show();
}
