// Two lines of loudness under each other and two pictures: the lower one is moved until they fit.
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

class ClockNudge extends HTMLElement {
  connectedCallback() {
    const { reference, other, referenceStart, step } = this.dataset;
    this.field = document.querySelector("form.rg-form").elements.offset;
    this.lines = [
      { wave: bytes(reference), start: () => Number(referenceStart) / 1000, colour: "#1f4bb8" },
      { wave: bytes(other), start: () => Number(this.field.value.replace(",", ".")) || 0, colour: "#c2310b" },
    ];
    this.step = Number(step) / 1000;
    this.canvas = this.querySelector("canvas");
    this.look = this.querySelector("[data-look]");
    this.zoom = this.querySelector("[data-zoom]");
    this.sheets = new Map();
    this.field.addEventListener("input", () => this.draw());
    this.look.addEventListener("input", () => this.draw());
    this.zoom.addEventListener("input", () => this.draw());
    this.addEventListener("click", (event) => {
      const by = event.target.closest("[data-by]")?.dataset.by;
      if (!by) return;
      this.field.value = (this.lines[1].start() + Number(by)).toFixed(3);
      this.draw();
    });
    this.draw();
  }
  draw() {
    const spans = this.lines.map((line) => [line.start(), line.start() + line.wave.length * this.step]);
    const from = Math.max(spans[0][0], spans[1][0]);
    const to = Math.min(spans[0][1], spans[1][1]);
    const [low, high] = to > from ? [from, to] : spans[1];
    const middle = low + ((high - low) * this.look.value) / 1000;
    const width = Number(this.zoom.value);
    const paper = this.canvas.getContext("2d");
    paper.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.lines.forEach((line, row) => this.drawLine(paper, line, row, middle - width / 2, width));
    paper.fillStyle = "#76839a";
    paper.fillRect(this.canvas.width / 2, 0, 1, this.canvas.height);
    this.drawPicture("reference", middle - spans[0][0]);
    this.drawPicture("other", middle - spans[1][0]);
  }
  drawLine(paper, line, row, begin, width) {
    const { canvas } = this;
    const half = canvas.height / 4;
    const centre = half * (1 + 2 * row);
    paper.fillStyle = line.colour;
    const start = line.start();
    const barWidth = Math.max(1, (canvas.width * this.step) / width);
    const first = Math.max(0, Math.floor((begin - start) / this.step));
    const last = Math.min(line.wave.length, Math.ceil((begin + width - start) / this.step));
    const stride = Math.max(1, Math.floor((last - first) / canvas.width));
    for (let n = first; n < last; n += stride) {
      let top = 0;
      for (let m = n; m < Math.min(last, n + stride); m += 1) top = Math.max(top, line.wave[m]);
      const height = (top / 255) * half;
      paper.fillRect(((start + n * this.step - begin) / width) * canvas.width, centre - height, barWidth * 0.8, 2 * height);
    }
  }
  drawPicture(which, seconds) {
    const { [`${which}Pictures`]: address, [`${which}Every`]: every, [`${which}Count`]: count } = this.dataset;
    const canvas = this.querySelector(`[data-picture="${which}"]`);
    const paper = canvas.getContext("2d");
    const index = Math.floor(seconds / Number(every));
    paper.clearRect(0, 0, canvas.width, canvas.height);
    if (!address || index < 0 || index >= Number(count)) return;
    const url = `${address}?sheet=${Math.floor(index / 25) + 1}`;
    let sheet = this.sheets.get(url);
    if (!sheet) {
      sheet = Object.assign(new Image(), { src: url });
      sheet.addEventListener("load", () => this.draw());
      this.sheets.set(url, sheet);
    }
    if (!sheet.complete || !sheet.naturalWidth) return;
    const place = index % 25;
    paper.drawImage(sheet, (place % 5) * 160, Math.floor(place / 5) * 90, 160, 90, 0, 0, canvas.width, canvas.height);
  }
}
customElements.define("clock-nudge", ClockNudge);
