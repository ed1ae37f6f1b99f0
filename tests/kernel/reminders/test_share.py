"""The page to watch a record and to show it to an inspector for limited days."""

from django.test import Client

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.records.models import Given
from medithread.kernel.work.models import Watch
from tests.company import Company


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(Account.objects.get(person=person))
    return client


def test_an_inspector_is_shown_a_record_and_it_is_taken_back(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    page, quinn, ina = f"/r/{idea.number}/1/share", signed_in(company.quinn), signed_in(company.ina)
    assert ina.get(f"/r/{idea.number}").status_code == 404
    assert quinn.post(page, {"act": "give", "person": company.ina.pk, "days": "3"}).status_code == 302
    assert ina.get(f"/r/{idea.number}").status_code == 200
    assert company.ina.name in quinn.get(page).content.decode()
    quinn.post(page, {"act": "take-back", "given": Given.objects.get().pk})
    assert ina.get(f"/r/{idea.number}").status_code == 404


def test_nonsense_and_strangers_are_refused(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    page = f"/r/{idea.number}/1/share"
    for days, person in (("0", company.ina.pk), ("99", company.ina.pk), ("x", company.ina.pk), ("3", company.rea.pk), ("3", "9" * 30)):
        assert signed_in(company.quinn).post(page, {"act": "give", "person": person, "days": days}).status_code == 422
    assert signed_in(company.rea).post(page, {"act": "give", "person": company.ina.pk, "days": "3"}).status_code == 403
    assert signed_in(company.ina).get(page).status_code == 404
    assert not Given.objects.exists()


def test_watching_is_ones_own(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    client, page = signed_in(company.rea), f"/r/{idea.number}/1/share"
    client.post(page, {"act": "watch"})
    assert [w.person for w in Watch.objects.all()] == [company.rea]
    assert "share" in client.get(f"/r/{idea.number}").content.decode()
    client.post(page, {"act": "unwatch"})
    assert not Watch.objects.exists()
