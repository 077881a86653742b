// Package staff knows the people who run meetings, and lets them in.
//
// An administrator and a secretary have an Account: a login name, a password
// and a code that changes every thirty seconds (TOTP, RFC 6238). The chair, the
// members of the counting board and auditors have a Seat at one meeting: a
// personal link, which binds the seat to the device that opens it first.
//
// Secrets that are handed to people (claim links, seat links, sessions) are
// 256 random bits; what is kept is their SHA-256. Passwords are kept as
// Argon2id hashes. The shared secret of the changing codes must be kept as it
// is: who reads the store's file has it, and still not the password.
//
// [Register] is the rules, [Store] what keeps them durable: each of its writes
// is one atomic operation that also appends to the audit log what was done, and
// is safe to repeat.
package staff
