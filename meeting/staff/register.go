package staff

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/homphieu/homphieu/meeting/audit"
)

// A Register lets people in by the rules of this package. It is safe for
// concurrent use.
type Register struct {
	store  Store
	log    audit.Store
	clock  func() time.Time
	hasher hasher
	nobody Account // what a login with an unknown name is compared with

	mu      sync.Mutex
	refused map[string]int // logins refused since the last that was not, by account
}

// NewRegister returns a register over a store and its log. clock tells the time.
func NewRegister(s Store, log audit.Store, clock func() time.Time) *Register {
	return &Register{
		store: s, log: log, clock: clock, hasher: newHasher(), refused: map[string]int{},
		nobody: Account{Password: noPassword(), Secret: NewSecret()},
	}
}

func (r *Register) now() time.Time { return r.clock().UTC().Truncate(time.Second) }

func (r *Register) draft(by audit.Actor, action string, detail map[string]string) audit.Draft {
	return audit.Draft{Time: r.now(), Actor: by, Action: action, Detail: detail}
}

// Accounts returns all accounts in the order of their login names.
func (r *Register) Accounts(ctx context.Context) ([]Account, error) { return r.store.Accounts(ctx) }

// HasAdministrator reports whether somebody can log in as an administrator.
func (r *Register) HasAdministrator(ctx context.Context) (bool, error) {
	list, err := r.store.Accounts(ctx)
	return slices.ContainsFunc(list, Account.Administers), err
}

// OfferAdministrator returns the token of a claim link that makes a new
// administrator. It is for who sits at the server's disk. The link that was
// made so before is worth nothing any more.
func (r *Register) OfferAdministrator(ctx context.Context) (token string, err error) {
	token, claim := r.newClaim("")
	return token, r.store.OfferAdministrator(ctx, claim, r.draft(audit.Server, "administrator.offer", nil))
}

func (r *Register) newClaim(account string) (token string, c Claim) {
	token = NewToken()
	return token, Claim{Hash: hashOf("claim", token), Account: account, Expires: r.now().Add(ClaimLife)}
}

// Invite makes an account and returns it with the token of its claim link,
// which is not shown again. It returns [ErrLoginName], [ErrLoginTaken],
// [ErrName] and [ErrRole], joined where several hold.
func (r *Register) Invite(ctx context.Context, by Actor, login, name string, role Role) (a Account, token string, err error) {
	a, err = newAccount(login, name, role)
	if err != nil {
		return Account{}, "", err
	}
	token, claim := r.newClaim(a.ID)
	return a, token, r.store.CreateAccount(ctx, a, claim, r.draft(by.Audit(), "account.create", a.detail()))
}

func newAccount(login, name string, role Role) (Account, error) {
	a := Account{ID: newID(), Login: CleanLogin(login), Role: role}
	var problems []error
	if !loginForm.MatchString(a.Login) {
		problems = append(problems, ErrLoginName)
	}
	var err error
	if a.Name, err = cleanName(name); err != nil {
		problems = append(problems, err)
	}
	if role != Administrator && role != Secretary && role != Superior {
		problems = append(problems, ErrRole)
	}
	return a, errors.Join(problems...)
}

// detail is what the audit log says of an account.
func (a Account) detail() map[string]string {
	return map[string]string{"account": a.ID, "login": a.Login, "name": a.Name, "role": string(a.Role)}
}

// Reset takes an account's password and code away, ends its sessions, enables
// it, and returns the token of a new claim link.
func (r *Register) Reset(ctx context.Context, by Actor, id string) (a Account, token string, err error) {
	if a, err = r.store.Account(ctx, id); err != nil {
		return Account{}, "", err
	}
	token, claim := r.newClaim(id)
	return a, token, r.store.ResetAccount(ctx, claim, r.draft(by.Audit(), "account.reset", a.detail()))
}

// Disable lets nobody in with an account any more, and ends its sessions.
func (r *Register) Disable(ctx context.Context, by Actor, id string) error {
	a, err := r.store.Account(ctx, id)
	if err != nil {
		return err
	}
	return r.store.DisableAccount(ctx, id, r.draft(by.Audit(), "account.disable", a.detail()))
}

// Invitation returns the account that a claim link is for; a new administrator
// has neither ID, login nor name yet. [ErrClaim].
func (r *Register) Invitation(ctx context.Context, token string) (Account, error) {
	c, err := r.store.Claim(ctx, hashOf("claim", token))
	if err != nil {
		return Account{}, err
	}
	if !r.now().Before(c.Expires) {
		return Account{}, ErrClaim
	}
	if c.Account == "" {
		return Account{Role: Administrator}, nil
	}
	return r.store.Account(ctx, c.Account)
}

// A Setup is what somebody fills in who uses a claim link.
type Setup struct {
	Login, Name string // for a new administrator
	Password    string
	Secret      string // from [NewSecret], and now in an authenticator app
	Code        string // what the app shows
}

// Claim uses a claim link: it sets password and changing code and logs in. It
// returns the token of the session. [ErrClaim]; [ErrPassword], [ErrCode],
// [ErrLoginName], [ErrLoginTaken] and [ErrName], joined where several hold.
func (r *Register) Claim(ctx context.Context, token string, s Setup) (a Account, session string, err error) {
	if a, err = r.Invitation(ctx, token); err != nil {
		return Account{}, "", err
	}
	var problems error
	if a.ID == "" {
		a, problems = newAccount(s.Login, s.Name, Administrator)
	}
	if problems = errors.Join(problems, checkPassword(s.Password, a.Login)); isSecret(s.Secret) {
		a.Step = codeStep(s.Secret, s.Code, r.now())
	}
	if a.Step == 0 {
		problems = errors.Join(problems, ErrCode)
	}
	if problems != nil {
		return Account{}, "", problems
	}
	a.Secret, a.Disabled = s.Secret, false
	if a.Password, err = r.hasher.hash(ctx, s.Password); err != nil {
		return Account{}, "", err
	}
	session, record := r.newSession(a.ID)
	done := r.draft(a.Actor().Audit(), "account.claim", a.detail())
	return a, session, r.store.UseClaim(ctx, hashOf("claim", token), a, record, done)
}

func (r *Register) newSession(account string) (token string, s Session) {
	token, now := NewToken(), r.now()
	return token, Session{Hash: hashOf("session", token), Account: account, Created: now, Seen: now}
}

// Login lets somebody in and returns the token of the session. Every refusal is
// [ErrLogin] and takes the same work, whether the login name exists or not; so
// a refused login is not written to the log at once: the next one that succeeds
// says how many there were.
func (r *Register) Login(ctx context.Context, login, password, code string) (a Account, session string, err error) {
	a, known, err := r.find(ctx, login)
	if err != nil {
		return Account{}, "", err
	}
	right, err := r.hasher.matches(ctx, a.Password, password)
	if err != nil {
		return Account{}, "", err
	}
	step := codeStep(a.Secret, code, r.now())
	if !known || !right || step == 0 {
		r.countRefused(a.ID)
		return Account{}, "", ErrLogin
	}
	session, record := r.newSession(a.ID)
	detail := map[string]string{"login": a.Login}
	refused := r.refusedSince(a.ID)
	if refused > 0 {
		detail["refused"] = strconv.Itoa(refused)
	}
	err = r.store.StartSession(ctx, record, a.Password, step, r.draft(a.Actor().Audit(), "account.login", detail))
	if err != nil {
		r.countRefused(a.ID)
		return Account{}, "", err
	}
	r.forgetRefused(a.ID)
	return a, session, nil
}

// find returns the account that can log in with a name, or one that nobody can
// log in with.
func (r *Register) find(ctx context.Context, login string) (a Account, known bool, err error) {
	list, err := r.store.Accounts(ctx)
	a = r.nobody
	for _, candidate := range list {
		if candidate.Login == CleanLogin(login) && candidate.Open() {
			a, known = candidate, true
		}
	}
	return a, known, err
}

func (r *Register) countRefused(account string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused[account]++
}

func (r *Register) refusedSince(account string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refused[account]
}

func (r *Register) forgetRefused(account string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.refused, account)
}

// Account returns the account of a session, or [ErrSession]. It notes that the
// session was used.
func (r *Register) Account(ctx context.Context, session string) (Account, error) {
	now := r.now()
	s, err := r.store.Session(ctx, hashOf("session", session))
	if err != nil {
		return Account{}, err
	}
	if !s.Alive(now) {
		return Account{}, ErrSession
	}
	a, err := r.store.Account(ctx, s.Account)
	if errors.Is(err, ErrNoAccount) || err == nil && !a.Open() {
		return Account{}, ErrSession
	}
	if err == nil && now.Sub(s.Seen) >= seenEvery {
		err = r.store.TouchSession(ctx, s.Hash, now)
	}
	return a, err
}

// Logout ends a session, if there is one.
func (r *Register) Logout(ctx context.Context, session string) error {
	s, err := r.store.Session(ctx, hashOf("session", session))
	if errors.Is(err, ErrSession) {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := r.store.Account(ctx, s.Account)
	if err != nil {
		return err
	}
	return r.store.EndSession(ctx, s.Hash, r.draft(a.Actor().Audit(), "account.logout", nil))
}
