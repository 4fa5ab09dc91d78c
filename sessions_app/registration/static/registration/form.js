// Asks a question at once when it depends on the category or on another answer; the server decides again.
customElements.define(
  "registration-form",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.form.addEventListener("change", () => this.ask());
      this.form.addEventListener("submit", (event) => this.send(event));
      // The field stands folded away below the form.
      this.querySelector('a[href="#id_code"]')?.addEventListener("click", () => {
        document.getElementById("code").open = true;
      });
      window.addEventListener("pageshow", () => {
        this.sent = false;
        this.ask();
      });
      this.ask();
    }
    // A second press while the first is on its way would be a second request.
    send(event) {
      if (this.sent) event.preventDefault();
      this.sent = true;
    }
    get category() {
      return this.form.querySelector('input[name="category"]:checked')?.value ?? this.form.dataset.category ?? "";
    }
    // What is chosen in a field that is asked itself; a follower of an unasked question is not asked.
    answers(name) {
      return [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
        .filter((input) => !input.closest("fieldset.question[disabled]"))
        .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked)
        .map((input) => (input.type === "checkbox" && input.value === "on" ? "yes" : input.value));
    }
    ask() {
      const questions = [...this.form.querySelectorAll("fieldset.question")];
      // In their order: each one decides about those below it.
      for (const question of questions) {
        const { after, values } = question.dataset;
        const categories = question.dataset.for.split(" ").filter(Boolean);
        const fits = !categories.length || categories.includes(this.category);
        const known = !after || this.form.querySelector(`[name="${CSS.escape(after)}"]`);
        const follows = !after || this.answers(after).some((value) => values.split(" ").includes(value));
        const asked = fits && (known ? follows : !question.disabled);
        question.hidden = question.disabled = !asked;
      }
      for (const part of this.form.querySelectorAll(".questions"))
        part.hidden = !part.querySelector("fieldset.question:not([hidden])");
    }
  },
);
