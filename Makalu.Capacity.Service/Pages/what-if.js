"use strict";
// The slider asks for the plan of the campaign so many times as large, and shows it. Without this the form's button does the same.
(function () {
  const form = document.getElementById("what-if");
  if (!form) return;
  const campaign = document.getElementById("campaign");
  const scale = document.getElementById("scale");
  const shown = document.getElementById("scale-value");
  const state = document.getElementById("what-if-state");
  const rate = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
  let asked = 0;
  let running = null;
  let timer = 0;

  function put(id, text) {
    const cell = document.getElementById("supposed-" + id);
    if (cell) cell.textContent = text;
  }

  function show(plan) {
    put("verdict", plan.verdict);
    put("survive", plan.currentSettingsSurvive ? "survive" : "do not survive");
    put("peak", rate.format(plan.peakRequestsPerSecond));
    put("max-connections", rate.format(plan.maxConnections));
    plan.services.forEach((pool, i) => put("pool-" + i, rate.format(pool.maxPoolSize)));
  }

  async function ask() {
    const question = ++asked;
    if (running) running.abort();
    running = new AbortController();
    form.closest("section").classList.add("waiting");
    state.textContent = "Computing…";
    try {
      const answer = await fetch("/v1/what-if", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ service: form.dataset.service, suppose: { campaignScales: { [campaign.value]: Number(scale.value) } } }),
        signal: running.signal
      });
      const body = await answer.json();
      if (question !== asked) return;
      if (!answer.ok) throw new Error(body.detail || answer.statusText);
      show(body.supposed);
      state.textContent = campaign.value + ", " + scale.value + " times as large: " + body.supposed.summary;
    } catch (error) {
      if (question !== asked || error.name === "AbortError") return;
      state.textContent = "This could not be computed: " + error.message;
    }
    form.closest("section").classList.remove("waiting");
  }

  function later() {
    shown.textContent = scale.value + "×";
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  }

  scale.addEventListener("input", later);
  campaign.addEventListener("change", later);
  form.addEventListener("submit", event => { event.preventDefault(); later(); });

  // Moved before this ran, or put back by the browser.
  if (scale.value !== scale.defaultValue) later();
})();
