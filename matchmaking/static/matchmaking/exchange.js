// Rows that are added and days that are ticked as a whole. Without it a form adds the row.

// Adds a row from the template at once, where without script the button sends the form for it.
customElements.define(
  "offer-rows",
  class extends HTMLElement {
    connectedCallback() {
      const more = this.querySelector("#more");
      const count = this.querySelector("input[name=rows]");
      if (!more) return;
      more.addEventListener("click", (event) => {
        event.preventDefault();
        const number = Number(count.value);
        if (number >= 20) return;
        const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
        const name = (text) => text.replaceAll("o__n__", `o${number}`);
        for (const one of [row, ...row.querySelectorAll("*")])
          for (const attribute of [...one.attributes])
            if (attribute.value.includes("o__n__")) one.setAttribute(attribute.name, name(attribute.value));
        this.querySelector(".offers").append(row);
        count.value = number + 1;
        more.hidden = number + 1 >= 20;
        row.querySelector("textarea").focus();
      });
    }
  },
);

// Lets a whole day be ticked and unticked by its name.
customElements.define(
  "time-grid",
  class extends HTMLElement {
    connectedCallback() {
      for (const day of this.querySelectorAll("fieldset")) {
        const boxes = [...day.querySelectorAll("input[type=checkbox]")];
        if (boxes.length < 2) continue;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button--small button--quiet";
        button.textContent = this.dataset.all;
        button.addEventListener("click", () => {
          const all = boxes.every((box) => box.checked);
          for (const box of boxes) box.checked = !all;
        });
        day.querySelector("legend").after(button);
      }
    }
  },
);
