/**
 * The pad for a drawn signature, with finger, pen or mouse. What is drawn goes into the form as a small PNG, dark on
 * nothing, whatever the theme; the strokes are kept for this tab until the form was accepted, as all that is typed.
 */
import SignaturePad from "signature_pad";

const INK = "#16202b";
const SHARPEST = 2;
/** Screens with more pixels than this would only make the picture larger. */

type Strokes = ReturnType<SignaturePad["toData"]>;

class Pad {
  private readonly pad: SignaturePad;
  private readonly form: HTMLFormElement | null;
  private width = 0;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly signature: HTMLElement) {
    this.form = canvas.closest("form");
    this.pad = new SignaturePad(canvas, { penColor: INK, minWidth: 0.8, maxWidth: 2.6 });
    this.pad.addEventListener("endStroke", () => this.changed());
    this.clearButton?.addEventListener("click", () => {
      this.pad.clear();
      this.changed();
    });
    new ResizeObserver(() => this.fit()).observe(canvas);
    this.fit();
  }

  private get clearButton(): HTMLElement | null {
    return this.signature.querySelector<HTMLElement>("[data-signature-clear]");
  }

  private get key(): string | null {
    const keep = this.form?.dataset["keep"];
    return keep ? `handsel:keep:${keep}:drawing` : null;
  }

  /** Gives the canvas as many pixels as it is wide; strokes follow when the screen is turned. */
  private fit(): void {
    const width = this.canvas.clientWidth;
    if (width === 0 || width === this.width) return;
    const strokes = this.width === 0 ? this.kept() : this.pad.toData();
    const scale = this.width === 0 ? 1 : width / this.width;
    const sharpness = Math.min(window.devicePixelRatio || 1, SHARPEST);
    this.canvas.width = Math.round(width * sharpness);
    this.canvas.height = Math.round(this.canvas.clientHeight * sharpness);
    this.canvas.getContext("2d")?.scale(sharpness, sharpness);
    this.width = width;
    this.pad.clear();
    this.pad.fromData(scaled(strokes, scale));
    this.changed();
  }

  private kept(): Strokes {
    const text = this.key && sessionStorage.getItem(this.key);
    return text ? (JSON.parse(text) as Strokes) : [];
  }

  private changed(): void {
    const empty = this.pad.isEmpty();
    const field = this.signature.querySelector<HTMLInputElement>("[data-drawing]");
    if (field) field.value = empty ? "" : this.pad.toDataURL("image/png");
    if (this.clearButton) this.clearButton.hidden = empty;
    const error = this.signature.querySelector<HTMLElement>("[data-signature-error]");
    if (error && !empty) error.hidden = true;
    if (!this.key) return;
    if (empty) sessionStorage.removeItem(this.key);
    else sessionStorage.setItem(this.key, JSON.stringify(this.pad.toData()));
  }
}

function scaled(strokes: Strokes, scale: number): Strokes {
  return strokes.map((stroke) => ({
    ...stroke,
    points: stroke.points.map((point) => ({ ...point, x: point.x * scale, y: point.y * scale })),
  }));
}

const mounted = new WeakSet<HTMLCanvasElement>();

function mountAll(): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("[data-signature-canvas]")) {
    const signature = canvas.closest<HTMLElement>("[data-signature]");
    if (!signature || mounted.has(canvas)) continue;
    mounted.add(canvas);
    new Pad(canvas, signature);
  }
}

mountAll();
document.addEventListener("htmx:afterSettle", mountAll);
