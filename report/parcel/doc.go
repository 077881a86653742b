// Package parcel makes and checks packages: one file that carries the result of
// one poll from an agency to its superior, over a network or on a stick, with
// everything by which it can be checked, so that no number is taken on the
// sender's word.
//
//	package.json              who sends what, and the SHA-256 of every file below
//	package.json.p7s          its signature by the agency's server (CMS, detached)
//	UUID.bel                  the archive
//	UUID.closing.json         what the board stated when the poll closed
//	UUID.shares.json          the strong proofs of decryption
//	ca.pem                    the authority of the agency's seal
//	log/policy                the agency's public log: its key, its witnesses
//	log/sealed.proof …        an entry of it each, with the proof that it is there
//	log/salt                  opens what the log commits to, until the log does
//	manifest.json(.p7s)       of the files as they were printed
//	minutes.pdf  report.pdf   as they came back signed
//	person-01.pdf …
//	result.json .csv .xlsx
//	trackers.txt
//
// The file is a ZIP that has one form only: these names, package.json first, its
// signature second and the others ascending, without times, comments or anything
// between them. The hash of a package is that of package.json, which names all
// the rest. A notice, which says how far an agency has come, is package.json
// with its signature and nothing else. How persons stand under the thresholds is
// in no package: who may know it works it out.
//
// # What is checked
//
// [Checker.Read] takes a package apart and checks form and signature. It unpacks
// package.json alone, and is made for whatever strangers send.
//
// [Checker.Verify] checks everything: that each file is the one that was signed
// for; archive, strong proofs and closing file (package tally/archive); that
// persons, levels, title, place and day of result.json are those on the ballot
// that voters saw; the outcome, made anew from archive and closing file, of which
// result.json and result.csv must be the very bytes; the trackers; the manifest
// and its signature; on each PDF the seal, that nothing but signatures came after
// it, that signatures stand where they belong, and that it has our result.json
// inside and names its hash on every page; that somebody has signed the minutes;
// and the entries of the agency's log, which must name the hashes of these files.
//
// What the pages of a PDF show, and result.xlsx, is compared with nothing: no
// number is taken from them. Whether an entry was corrected after the checkpoint
// that came along is not known from a package.
package parcel
