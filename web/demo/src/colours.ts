// Colours of canvases: page.css holds them, light and dark.
import { onThemeChange } from '../../src/theme';

export interface Colours {
    text: string; muted: string; line: string; surface: string; soft: string; accent: string; on: string; off: string; sun: string;
}

let current: Colours | null = null;
onThemeChange(() => { current = null; });

export function colours(): Colours {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    return current ??= {
        text: colour('text'), muted: colour('muted'), line: colour('line'), surface: colour('surface'), soft: colour('soft'),
        accent: colour('accent'), on: colour('compute'), off: colour('idle'), sun: colour('sun'),
    };
}

/** A canvas as large as its place and as sharp as the screen; null while it has no size. */
export function prepared(canvas: HTMLCanvasElement): { context: CanvasRenderingContext2D; width: number; height: number } | null {
    const { clientWidth: width, clientHeight: height } = canvas;
    const context = canvas.getContext('2d');
    if (width === 0 || height === 0 || context === null) return null;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
        canvas.width = Math.round(width * scale);
        canvas.height = Math.round(height * scale);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return { context, width, height };
}
