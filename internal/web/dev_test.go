package web
import ("testing";"net/http";"os";"strings";"oneboard/internal/org")
func TestDev(t *testing.T) {
	if os.Getenv("DEV") == "" { t.Skip() }
	t.Log(http.ListenAndServe(os.Getenv("DEV"), New(Config{Boards: served(t, strings.Split(os.Getenv("CASES"), ",")...), Today: func() org.Date { return on("2018-03-25") }})))
}
