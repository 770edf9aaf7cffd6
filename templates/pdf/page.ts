/**
 * The sheet: US Letter in points (1/72 inch), folded in three for a #10 window envelope.
 *
 * The envelope (4 1/8 × 9 1/2 in) has its window 7/8 in from the left and 1/2 in from the bottom, 4 1/2 × 1 1/8 in.
 * A folded sheet can slide in it by 1 in sideways and by 0.46 in up and down. So the address stands where the window
 * shows it in every position, and nothing else stands where the window may come to lie in any position.
 */
const INCH = 72;

export const SHEET = { width: 8.5 * INCH, height: 11 * INCH } as const;
export const MARGIN = { left: 1 * INCH, right: 1 * INCH, top: 0.95 * INCH, bottom: 0.9 * INCH } as const;
export const CONTENT_WIDTH = SHEET.width - MARGIN.left - MARGIN.right;
export const CONTENT_BOTTOM = SHEET.height - MARGIN.bottom;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const SLIDE_SIDEWAYS = 1 * INCH;
const SLIDE_UP = 4.125 * INCH - SHEET.height / 3;
/** The window over a sheet that lies at the bottom right of its envelope. */
const WINDOW: Box = {
  left: 0.875 * INCH - SLIDE_SIDEWAYS,
  right: 5.375 * INCH - SLIDE_SIDEWAYS,
  top: 2.5 * INCH - SLIDE_UP,
  bottom: 3.625 * INCH - SLIDE_UP,
};

/** What the window shows in one position or another: here nothing but the address may stand. */
export const WINDOW_REACH: Box = {
  left: Math.max(0, WINDOW.left),
  right: WINDOW.right + SLIDE_SIDEWAYS,
  top: WINDOW.top,
  bottom: WINDOW.bottom + SLIDE_UP,
};
/** What it shows in every position: here the address stands. */
export const ADDRESS_BOX: Box = {
  left: WINDOW.left + SLIDE_SIDEWAYS + 9,
  right: WINDOW.right,
  top: WINDOW.top + SLIDE_UP,
  bottom: WINDOW.bottom,
};
/** Where the sheet is folded, for the small marks at its edge. */
export const FOLDS = [SHEET.height / 3, (2 * SHEET.height) / 3] as const;

/** Date and case number: beside the window, never behind it. */
export const REFERENCE_AT = { left: WINDOW_REACH.right + 9, top: 2.05 * INCH } as const;
export const LETTERHEAD_TOP = 0.6 * INCH;
/** First line of the running text on the first page. */
export const BODY_TOP = WINDOW_REACH.bottom + 14;
/** On later pages, below the running head. */
export const NEXT_TOP = MARGIN.top;
