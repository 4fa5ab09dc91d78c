// Shows the cut on the day's line while its times are typed, and takes a moment that is offered into its field.
const ms = (text) => {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  return parts.some(Number.isNaN) ? 0 : parts.reduce((sum, part) => sum * 60 + part, 0) * 1000;
};

class CutLine extends HTMLElement {
  connectedCallback() {
    const fields = document.querySelector("form.rg-form").elements;
    this.mark = this.querySelector("[data-mark]");
    const draw = () => {
      const scale = 600 / Number(this.dataset.end);
      const [from, to] = [ms(fields.start.value), ms(fields.end.value)];
      this.mark.setAttribute("x", Math.max(0, from * scale));
      this.mark.setAttribute("width", Math.max(1, (to - from) * scale));
    };
    for (const name of ["start", "end"]) fields[name].addEventListener("input", draw);
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-set]");
      if (!button) return;
      fields[button.dataset.set].value = button.dataset.value;
      draw();
      fields[button.dataset.set].focus();
    });
    draw();
  }
}
customElements.define("cut-line", CutLine);
