// Finds the counter whose derived key begins as the challenge says (ALTCHA, PBKDF2), and answers
// with both as the server reads them; null if this browser has no such function.
function bytes(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function solve(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix, expiresAt } = challenge.parameters;
  const began = performance.now();
  const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
  const counted = new DataView(password.buffer, password.length - 4);
  const way = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let counter = 0; Date.now() < expiresAt * 1000; counter += 1) {
    counted.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(way, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) {
      return { counter, derivedKey, time: Math.round(performance.now() - began) };
    }
  }
  throw new Error("expired");
}

addEventListener("message", async ({ data }) => {
  const challenge = JSON.parse(data);
  try {
    const solution = await solve(challenge);
    postMessage(btoa(JSON.stringify({ challenge, solution })));
  } catch {
    postMessage(null);
  }
});
