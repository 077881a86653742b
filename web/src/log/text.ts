/**
 * Characters that stand in no text or no name of the log. What a program takes for white space, or for a
 * character that nobody sees, differs between languages and versions of Unicode: so they are listed, and all
 * readers of a log have the same list (tally/ledger/testdata/notes).
 */
const HIDDEN = "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff";
const BLANK = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";

const hidden = new RegExp(`[${HIDDEN}]`);
const blank = new RegExp(`^[${BLANK}]*$`);
const unseen = new RegExp(`[${HIDDEN}${BLANK}]`);

/** Tells whether a text is one line that a person can read. */
export const isLine = (text: string): boolean => !hidden.test(text) && !blank.test(text);

/** Tells whether a text can be the name of a key, or one in a policy. */
export const isName = (text: string): boolean => text !== "" && !unseen.test(text);
