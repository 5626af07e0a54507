"""The editor of the organisation's risk matrix."""

from __future__ import annotations

from typing import Any

from django import forms

from readiness.decisions.risk import RANKS, REMIND_DAYS, TONES, Level, Matrix, problems_of

ROWS = range(1, len(TONES) + 1)
TONE_WORDS = {"calm": "green", "mild": "pale yellow", "warm": "yellow", "hot": "red",
              "burning": "deep red"}  # fmt: skip


class MatrixForm(forms.Form):
    """Names, levels from the smallest risk to the largest, and the level of each cell.

    `content` is the matrix that was typed, once the form is valid. A level without a name is left
    out; a cell names its level by the level's row, 1 to 5.
    """

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for what in ("likelihood", "impact"):
            for rank in RANKS:
                self.fields[f"{what}_{rank}"] = forms.CharField(
                    label=f"{what.title()} {rank}", max_length=30, required=False
                )
        for row in ROWS:
            self.fields |= _level_fields(row)
        choices = [(row, f"{row} {self[f'name_{row}'].value() or ''}") for row in ROWS]
        for likelihood in RANKS:
            for impact in RANKS:
                self.fields[f"cell_{likelihood}_{impact}"] = forms.TypedChoiceField(
                    coerce=int,
                    choices=choices,
                    label=f"Level of likelihood {likelihood}, impact {impact}",
                )

    @classmethod
    def of(cls, matrix: Matrix, number: int) -> MatrixForm:
        """An unbound form that says what a matrix says; `number` is its version."""
        keys = [level.key for level in matrix.levels]
        initial: dict[str, Any] = {"number": number}
        for rank in RANKS:
            initial[f"likelihood_{rank}"] = matrix.likelihoods[rank - 1]
            initial[f"impact_{rank}"] = matrix.impacts[rank - 1]
            for impact in RANKS:
                key = matrix.cells[rank - 1][impact - 1]
                initial[f"cell_{rank}_{impact}"] = keys.index(key) + 1
        for row, level in enumerate(matrix.levels, start=1):
            initial |= {
                f"name_{row}": level.name,
                f"tone_{row}": level.tone,
                f"days_{row}": level.days,
                f"approval_{row}": level.needs_approval,
                f"remind_{row}": ", ".join(map(str, level.remind_days)),
            }
        return cls(initial=initial)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.errors:
            self.content = self._matrix(said)
            for problem in problems_of(self.content):
                self.add_error(None, problem)
        return said

    def _matrix(self, said: dict[str, Any]) -> Matrix:
        levels = {
            row: Level(
                key=said[f"name_{row}"].casefold(),
                name=said[f"name_{row}"],
                tone=said[f"tone_{row}"],
                days=said[f"days_{row}"] or 0,
                needs_approval=said[f"approval_{row}"],
                remind_days=said[f"remind_{row}"],
            )
            for row in ROWS
            if said[f"name_{row}"]
        }
        keys = {row: level.key for row, level in levels.items()}
        return Matrix(
            likelihoods=tuple(said[f"likelihood_{rank}"] for rank in RANKS),
            impacts=tuple(said[f"impact_{rank}"] for rank in RANKS),
            levels=tuple(levels.values()),
            cells=tuple(
                tuple(keys.get(said[f"cell_{rank}_{impact}"], "") for impact in RANKS)
                for rank in RANKS
            ),
        )

    @property
    def names(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (title, [self[f"{what}_{rank}"] for rank in RANKS])
            for what, title in (("likelihood", "Likelihood"), ("impact", "Impact"))
        ]

    @property
    def levels(self) -> list[tuple[int, list[forms.BoundField]]]:
        columns = ("name", "tone", "days", "approval", "remind")
        return [(row, [self[f"{column}_{row}"] for column in columns]) for row in ROWS]

    @property
    def cells(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The most likely on top, each with the name of its likelihood."""
        return [
            (
                self[f"likelihood_{rank}"].value(),
                [self[f"cell_{rank}_{impact}"] for impact in RANKS],
            )
            for rank in reversed(RANKS)
        ]

    @property
    def impacts(self) -> list[Any]:
        return [self[f"impact_{rank}"].value() for rank in RANKS]


class Reminders(forms.CharField):
    """Days before a date, as "14, 3"; cleaned to a tuple, the earliest reminder first."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            days = {int(word) for word in str(text).replace(",", " ").split()}
        except ValueError:
            raise forms.ValidationError("Write days with commas between, such as 14, 3.") from None
        return tuple(sorted(days, reverse=True))

    def validate(self, value: Any) -> None:
        """Nothing is required: an empty one reminds nobody."""


def _level_fields(row: int) -> dict[str, forms.Field]:
    return {
        f"name_{row}": forms.CharField(label=f"Name of level {row}", max_length=30, required=False),
        f"tone_{row}": forms.ChoiceField(
            label=f"Colour of level {row}",
            choices=list(TONE_WORDS.items()),
            initial=TONES[row - 1],
        ),
        f"days_{row}": forms.IntegerField(
            label=f"Days of level {row}", required=False, min_value=1, max_value=3660
        ),
        f"approval_{row}": forms.BooleanField(
            label=f"Level {row} needs an approval", required=False
        ),
        f"remind_{row}": Reminders(
            label=f"Reminders of level {row}",
            max_length=60,
            required=False,
            initial=", ".join(map(str, REMIND_DAYS)),
        ),
    }
