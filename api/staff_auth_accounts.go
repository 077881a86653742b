package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/meeting/staff"
)

// accountsData is what the page of accounts shows.
type accountsData struct {
	page
	Accounts []accountView
	Typed    typedAccount
	Made     *staff.Account // whose link is shown
	Link     *linkView      // shown this once
	Days     int            // that it lasts
}

// typedAccount is what was typed into the form for a new account.
type typedAccount struct {
	Login, Name string
	Role        staff.Role
}

// accountView is one account in the list.
type accountView struct {
	staff.Account
	RoleWords roleWords
	Self      bool
}

func (s *server) accountsPage(c *gin.Context) error {
	return s.showAccounts(c, http.StatusOK, accountsData{})
}

func (s *server) showAccounts(c *gin.Context, status int, data accountsData) error {
	list, err := s.register.Accounts(c.Request.Context())
	if err != nil {
		return err
	}
	if data.Typed.Role == "" {
		data.Typed.Role = staff.Secretary
	}
	actor := actorOf(c)
	data.Who, data.Days = actor.Name, int(staff.ClaimLife.Hours())/24
	for _, a := range list {
		data.Accounts = append(data.Accounts, accountView{a, wordsOfRole(a.Role), a.ID == actor.ID})
	}
	return render(c, status, "accounts", data)
}

// invite makes an account and shows its claim link.
func (s *server) invite(c *gin.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedAccount{form.Get("login"), form.Get("name"), staff.Role(form.Get("role"))}
	account, token, err := s.register.Invite(c.Request.Context(), actorOf(c), typed.Login, typed.Name, typed.Role)
	if err != nil {
		return again(c, err, func(status int, wrong *pageProblem) error {
			return s.showAccounts(c, status, accountsData{page: page{Problem: wrong}, Typed: typed})
		})
	}
	return s.showClaimLink(c, account, token)
}

// showClaimLink shows a link that is not kept anywhere.
func (s *server) showClaimLink(c *gin.Context, account staff.Account, token string) error {
	link, err := s.claimLink(token)
	if err != nil {
		return err
	}
	return s.showAccounts(c, http.StatusOK, accountsData{Made: &account, Link: link})
}

func (s *server) resetAccount(c *gin.Context) error {
	account, token, err := s.register.Reset(c.Request.Context(), actorOf(c), c.Param("account"))
	if err != nil {
		return s.accountRefused(c, err)
	}
	return s.showClaimLink(c, account, token)
}

func (s *server) disableAccount(c *gin.Context) error {
	if err := s.register.Disable(c.Request.Context(), actorOf(c), c.Param("account")); err != nil {
		return s.accountRefused(c, err)
	}
	done(c, "/staff/accounts")
	return nil
}

func (s *server) accountRefused(c *gin.Context, err error) error {
	return again(c, err, func(status int, wrong *pageProblem) error {
		return s.showAccounts(c, status, accountsData{page: page{Problem: wrong}})
	})
}
