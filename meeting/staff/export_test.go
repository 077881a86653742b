package staff

import "context"

// NoPassword is what a login with an unknown name is compared with.
func NoPassword() string { return noPassword() }

// Matches compares a password with a hash.
func Matches(ctx context.Context, hashed, password string) (bool, error) {
	return newHasher().matches(ctx, hashed, password)
}
