"""Finding the logs of one request."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.operations.examples import BASE, ROUTER

pytestmark = pytest.mark.usefixtures("today")
OF_LAMBDA = "79b9da39-b7ae-408a-a6bc-864b2829c622"
OF_CLOUDFRONT = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="


class TestRequestFind:
    def test_without_an_id_says_what_belongs_there(self, editor, router):
        response = editor.get(f"{BASE}find/")

        assert response.status_code == 200
        assert "its query is built for every region" in response.content.decode()

    def test_looks_first_behind_the_edge_location(self, editor, router):
        response = editor.get(f"{BASE}find/", {"id": OF_LAMBDA, "location": "FRA56-P4"})

        html = response.content.decode()
        assert [step.place.region for step in response.context["steps"]] == [
            "eu-central-1",
            "eu-west-1",
            "us-east-1",
        ]
        assert html.count("look here first") == 1
        assert "Where to look, from Frankfurt" in html
        assert f"@requestId = &quot;{OF_LAMBDA}&quot;" in html
        assert '<option value="10800" selected>3 hours</option>' in html

    def test_looks_as_far_back_as_was_asked(self, editor, router):
        response = editor.get(f"{BASE}find/", {"id": OF_LAMBDA, "back": "604800"})

        assert "~start~-604800~" in response.context["steps"][0].url

    def test_of_an_unknown_place_takes_all_regions_in_their_order(self, editor, router):
        response = editor.get(f"{BASE}find/", {"id": OF_CLOUDFRONT, "location": "XYZ1-C1"})

        assert [step.place.region for step in response.context["steps"]] == ROUTER["edge_regions"]
        assert "the code is in no list of ours" in response.content.decode()

    def test_says_that_cloudfronts_id_must_have_been_written(self, editor, router):
        html = editor.get(f"{BASE}find/", {"id": OF_CLOUDFRONT}).content.decode()

        assert "only where the function writes it" in html

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"id": ""}, "Give the id of a request."),
            ({"id": "abc"}, "This is neither CloudFront&#x27;s id"),
            ({"id": '" | fields @x'}, "This is neither CloudFront&#x27;s id"),
            ({"id": OF_LAMBDA, "location": "here"}, "An edge location looks like FRA56-P4"),
            ({"id": OF_LAMBDA, "back": "1"}, "1 is not one of the available choices"),
            ({"id": "a" * 500}, "at most 200 characters"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, editor, router, sent, says):
        response = editor.get(f"{BASE}find/", {"location": "FRA56-P4"} | sent)

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert f'value="{sent.get("location", "FRA56-P4")}"' in html
        assert "steps" not in response.context

    def test_what_was_typed_is_quoted_wherever_it_stands(self, editor, router):
        html = editor.get(f"{BASE}find/", {"id": "<script>alert(1)</script>"}).content.decode()

        assert "<script>alert" not in html

    def test_of_a_component_without_a_function_says_so(self, editor, component):
        html = editor.get(f"{BASE}find/", {"id": OF_LAMBDA}).content.decode()

        assert "names no function" in html

    def test_links_are_those_of_the_region_with_the_query_in_them(self, editor, router):
        html = editor.get(f"{BASE}find/", {"id": OF_LAMBDA}).content.decode()

        assert "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1" in html
        assert OF_LAMBDA.replace("-", "-") in unquote(html)

    def test_takes_four_queries(self, editor, router, django_assert_num_queries):
        with django_assert_num_queries(4):
            editor.get(f"{BASE}find/", {"id": OF_LAMBDA})
