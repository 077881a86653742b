package ceremony

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// The suite of RFC 9180, in base mode: DHKEM(X25519, HKDF-SHA256),
// HKDF-SHA256, ChaCha20-Poly1305.
var (
	kem  = hpke.DHKEM(ecdh.X25519())
	kdf  = hpke.HKDFSHA256()
	aead = hpke.ChaCha20Poly1305()
)

// overhead is by how much a ciphertext is longer than its plaintext: the
// encapsulated key and the tag.
const overhead = 32 + 16

// A sealed text is a ciphertext in hexadecimal: the encapsulated key, then the
// encrypted text with its tag.
type sealed string

// sealFor encrypts text for the owner of to. What it is about stands in info.
func sealFor(to hpke.PublicKey, info, text string) (sealed, error) {
	c, err := hpke.Seal(to, kdf, aead, []byte(info), []byte(text))
	return sealed(hex.EncodeToString(c)), err
}

// open decrypts a text that was sealed with the same info.
func (s sealed) open(private hpke.PrivateKey, info string) (string, error) {
	c, err := hex.DecodeString(string(s))
	if err != nil {
		return "", err
	}
	text, err := hpke.Open(private, kdf, aead, []byte(info), c)
	return string(text), err
}

// transportKey derives a member's key pair from its seed: DeriveKeyPair of
// RFC 9180 §7.1.3 from SHA-256("homphieu-transport-v1|" K "|" seed).
func transportKey(ceremony, seed string) hpke.PrivateKey {
	ikm := sha256.Sum256([]byte("homphieu-transport-v1|" + ceremony + "|" + seed))
	private, err := kem.DeriveKeyPair(ikm[:])
	if err != nil {
		panic("ceremony: " + err.Error()) // X25519 takes every key material
	}
	return private
}

// transportMessage is the text by which a member publishes its transport key.
func (t Terms) transportMessage(index int, public hpke.PublicKey) string {
	return t.text("transport", index) + "|" + hex.EncodeToString(public.Bytes())
}

// parseTransport reads the key of such a text. A point of small order, from
// which every exchange gives zero (RFC 7748 §6.1), is no key.
func (t Terms) parseTransport(index int, message string) (hpke.PublicKey, error) {
	head := t.text("transport", index) + "|"
	raw, ok := readHash(message[min(len(head), len(message)):])
	if !ok || message[:len(head)] != head {
		return nil, fmt.Errorf("transport: not the text of this member and ceremony")
	}
	public, err := kem.NewPublicKey(raw[:])
	if err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	if _, _, err := hpke.NewSender(public, kdf, aead, nil); err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	return public, nil
}
