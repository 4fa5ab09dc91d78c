// Sends cameras' files by tus: goes on after a lost line, a closed lid or a restarted server. Without it the form sends.
const loadTus = (url) =>
  (loadTus.found ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => done(window.tus);
    script.onerror = failed;
    document.head.append(script);
  }));

const NO_ROOM = 507;
const LOOK_FOR_ROOM_AFTER = 60_000; // ms

class RecordingUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.list = this.querySelector("ul");
    this.files = this.form.elements.file;
    this.under = 0;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take([...this.files.files]);
    });
    for (const name of ["dragover", "dragleave", "drop"]) this.form.addEventListener(name, this);
    addEventListener("beforeunload", (this.leaving = (event) => this.under && event.preventDefault()));
  }
  disconnectedCallback() {
    removeEventListener("beforeunload", this.leaving);
  }
  handleEvent(event) {
    event.preventDefault();
    this.form.classList.toggle("is-over", event.type === "dragover");
    if (event.type === "drop") this.take([...event.dataTransfer.files]);
  }
  // Several files at once without a camera's name: each is a camera of its own, called after its file.
  take(files) {
    const label = this.form.elements.label.value.trim();
    for (const file of files) this.send(file, label || file.name.replace(/\.[^.]*$/, "").slice(0, 80));
    this.form.reset();
  }
  async send(file, camera) {
    const row = document.createElement("li");
    const name = Object.assign(document.createElement("b"), { textContent: `${file.name} ` });
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0, className: "rg-bar rg-bar--wide" });
    bar.setAttribute("aria-label", file.name);
    const said = document.createElement("span");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small button-secondary", textContent: this.dataset.stop });
    row.append(name, bar, said, button);
    this.list.append(row);
    this.under += 1;
    const tus = await loadTus(this.dataset.tus);
    const began = performance.now();
    let first = null;
    let later; // the next look for room on the server
    const upload = new tus.Upload(file, {
      endpoint: new URL(this.dataset.endpoint, location.href).href,
      chunkSize: 64 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000, 60000, 60000],
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, camera },
      headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      onProgress: (sent, all) => {
        first ??= sent;
        bar.value = sent / all;
        const left = (((performance.now() - began) / 1000) * (all - sent)) / Math.max(1, sent - first);
        const minutes = sent > first ? `, ${this.dataset.left.replace("{n}", Math.max(1, Math.ceil(left / 60)))}` : "";
        said.textContent = ` ${Math.floor((100 * sent) / all)} %${minutes} `;
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status === NO_ROOM) return false;
        said.textContent = ` ${this.dataset.paused} `;
        return status === 0 || status === 409 || status === 423 || status >= 500;
      },
      onError: (error) => {
        if (error.originalResponse?.getStatus() === NO_ROOM) {
          said.textContent = ` ${this.dataset.full} `;
          later = setTimeout(() => upload.start(), LOOK_FOR_ROOM_AFTER);
          return;
        }
        this.under -= 1;
        said.textContent = ` ${this.dataset.failed}: ${error.originalResponse?.getBody() || error.message} `;
        button.textContent = this.dataset.go;
      },
      onSuccess: () => {
        this.under -= 1;
        said.textContent = ` ${this.dataset.sent}`;
        button.remove();
        if (!this.under) setTimeout(() => this.under || location.reload(), 1500);
      },
    });
    button.addEventListener("click", () => {
      const stops = button.textContent === this.dataset.stop;
      button.textContent = stops ? this.dataset.go : this.dataset.stop;
      this.under += stops ? -1 : 1;
      clearTimeout(later);
      if (stops) upload.abort();
      else upload.start();
    });
    const earlier = await upload.findPreviousUploads();
    if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
    upload.start();
  }
}
customElements.define("recording-upload", RecordingUpload);
