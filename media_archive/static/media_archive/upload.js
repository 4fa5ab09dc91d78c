// Sends cameras' files by tus: goes on after a lost line, a closed lid or a restarted server. Without it the form sends.
import { canSum, checksumOf } from "./upload/checksums.js";
import { WaitingFiles } from "./upload/waiting.js";

const loadTus = (url) =>
  (loadTus.found ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => done(window.tus);
    script.onerror = (error) => {
      loadTus.found = undefined;
      failed(error);
    };
    document.head.append(script);
  }));

const NO_ROOM = 507;
const DAMAGED = 460;
const LOOK_FOR_ROOM_AFTER = 60_000; // ms
const AT_ONCE = 3; // files; browsers keep six lines to a server, and the page itself needs some

// Starts uploads by turns; one that has its turn keeps it until it has arrived, failed or is stopped.
class Turns {
  going = new Set();
  waiting = [];
  begin(upload) {
    if (this.going.size >= AT_ONCE) {
      this.waiting.push(upload);
      return;
    }
    this.going.add(upload);
    upload.start();
  }
  leave(upload) {
    this.waiting = this.waiting.filter((one) => one !== upload);
    if (this.going.delete(upload) && this.waiting.length) this.begin(this.waiting.shift());
  }
}

class RecordingUpload extends HTMLElement {
  static pieceSize = 16 * 1024 * 1024; // a browser holds it in memory for its checksum, and it is sent again when damaged

  connectedCallback() {
    this.form = this.querySelector("form");
    this.list = this.querySelector(".ma-uploads");
    this.files = this.form.elements.file;
    this.files.required = false; // the list is, not the field that fills it
    this.endpoint = new URL(this.dataset.endpoint, location.href).href;
    this.under = 0;
    this.turns = new Turns();
    this.hasArrived = false;
    this.waiting = new WaitingFiles(this.querySelector(".ma-waiting"), {
      common: this.form.elements.label,
      words: this.dataset,
      cameraBefore: (file) => this.cameraBefore(file),
      onEmpty: () => {
        this.files.focus();
        this.showWhatArrived();
      },
    });
    this.form.addEventListener("submit", this);
    this.files.addEventListener("change", () => {
      this.take(this.files.files);
      this.files.value = "";
    });
    for (const name of ["dragover", "dragleave", "drop"]) this.form.addEventListener(name, this);
    addEventListener("beforeunload", (this.leaving = (event) => (this.under || this.waiting.size) && event.preventDefault()));
  }
  disconnectedCallback() {
    removeEventListener("beforeunload", this.leaving);
  }
  handleEvent(event) {
    event.preventDefault();
    this.form.classList.toggle("is-over", event.type === "dragover");
    if (event.type === "drop") this.take(event.dataTransfer.files);
    if (event.type === "submit") this.submit();
  }
  take(files) {
    this.files.setCustomValidity("");
    this.waiting.add(files);
  }
  submit() {
    if (!this.waiting.size) {
      this.files.setCustomValidity(this.dataset.none);
      this.files.reportValidity();
      return;
    }
    // Enter behind a camera's name confirms the name: it must not send a day of film.
    if (document.activeElement?.matches("input[type=text]")) return;
    for (const { file, camera } of this.waiting.takeAll()) this.send(file, camera);
    this.form.reset();
  }
  async earlier(upload) {
    return (await upload.findPreviousUploads()).filter((one) => one.metadata?.camera);
  }
  // The camera under which a file was begun that has not arrived whole.
  async cameraBefore(file) {
    try {
      const tus = await loadTus(this.dataset.tus);
      return (await this.earlier(new tus.Upload(file, { endpoint: this.endpoint })))[0]?.metadata.camera;
    } catch {
      return null; // the line is gone: it is looked for again when the file is sent
    }
  }
  // The page is loaded anew to show what has arrived, unless that would lose what is chosen or under way.
  showWhatArrived() {
    const isBusy = () => !this.hasArrived || this.under || this.waiting.size;
    if (!isBusy()) setTimeout(() => isBusy() || location.reload(), 1500);
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
    let began = performance.now();
    let first = null;
    let later; // the next look for room on the server
    let stops = 0;
    const { pieceSize } = RecordingUpload;
    const upload = new tus.Upload(file, {
      endpoint: this.endpoint,
      chunkSize: pieceSize,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000, 60000, 60000],
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, camera },
      headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      onBeforeRequest: async (request) => {
        if (request.getMethod() !== "PATCH" || !canSum) return;
        const [offset, before] = [Number(request.getHeader("Upload-Offset")), stops];
        const checksum = await checksumOf(file.slice(offset, offset + pieceSize));
        // abort() holds no request back that has not been sent yet.
        if (before !== stops) await new Promise(() => {});
        request.setHeader("Upload-Checksum", checksum);
      },
      onProgress: (sent, all) => {
        if (first === null) [first, began] = [sent, performance.now()]; // it may have waited for its turn
        bar.value = sent / all;
        const left = (((performance.now() - began) / 1000) * (all - sent)) / Math.max(1, sent - first);
        const minutes = sent > first ? `, ${this.dataset.left.replace("{n}", Math.max(1, Math.ceil(left / 60)))}` : "";
        said.textContent = ` ${Math.floor((100 * sent) / all)} %${minutes} `;
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status === NO_ROOM) return false;
        said.textContent = ` ${status === DAMAGED ? this.dataset.damaged : this.dataset.paused} `;
        return [0, 409, 423, DAMAGED].includes(status) || status >= 500;
      },
      onError: (error) => {
        if (error.originalResponse?.getStatus() === NO_ROOM) {
          said.textContent = ` ${this.dataset.full} `;
          later = setTimeout(() => upload.start(), LOOK_FOR_ROOM_AFTER);
          return;
        }
        this.under -= 1;
        this.turns.leave(upload);
        said.textContent = ` ${this.dataset.failed}: ${error.originalResponse?.getBody() || error.message} `;
        button.textContent = this.dataset.go;
      },
      onSuccess: () => {
        this.under -= 1;
        this.turns.leave(upload);
        said.textContent = ` ${this.dataset.sent}`;
        button.remove();
        this.hasArrived = true;
        this.showWhatArrived();
      },
    });
    button.addEventListener("click", () => {
      const isStop = button.textContent === this.dataset.stop;
      button.textContent = isStop ? this.dataset.go : this.dataset.stop;
      this.under += isStop ? -1 : 1;
      clearTimeout(later);
      if (isStop) {
        stops += 1;
        upload.abort();
        this.turns.leave(upload);
      } else this.turns.begin(upload);
    });
    // The server keeps the camera that an upload was begun with: under another one it begins anew.
    const begun = (await this.earlier(upload)).find((one) => one.metadata.camera === camera);
    if (begun) upload.resumeFromPreviousUpload(begun);
    this.turns.begin(upload);
  }
}
customElements.define("recording-upload", RecordingUpload);
