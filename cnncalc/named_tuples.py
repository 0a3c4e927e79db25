"""`NamedTuple` as `typing` has it, in a tenth of the time that its classes take to make.

For each class that one compiles a constructor, and the text of each annotation: for the records of a summary that took
a twentieth of its time. Here all classes have one constructor, which takes somewhat longer for values given by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - mypy wants it, for other modules
    from typing import Self
else:
    from collections import _tuplegetter

    class _Fields(type):
        """Makes a field of each annotation in the body of a class; one with a value may be left out."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if tuple not in bases and body.get("__annotations__"):
                fields = tuple(body["__annotations__"])
                defaults = {field: body[field] for field in fields if field in body}
                body |= {field: _tuplegetter(at, None) for at, field in enumerate(fields)}
                body |= {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Fields):
        """The base of plain data: an immutable tuple whose values have names.

        >>> class Point(NamedTuple):
        ...     x: int
        ...     y: int = 0
        >>> Point(3), Point(y=1, x=2)._replace(y=5), Point._fields, Point(3) == (3, 0)
        (Point(x=3, y=0), Point(x=2, y=5), ('x', 'y'), True)
        >>> Point(y=1)
        Traceback (most recent call last):
        TypeError: Point() lacks `x`
        >>> Point(1, y=2, x=1)
        Traceback (most recent call last):
        TypeError: Point() takes no `x`, or it is given twice
        """

        __slots__ = ()
        _fields: ClassVar[tuple[str, ...]] = ()
        _field_defaults: ClassVar[dict[str, Any]] = {}

        def __new__(cls, *values: Any, **named: Any) -> Self:
            """The values in the order of the fields, or by their names."""
            if named or len(values) != len(cls._fields):
                values = _completed(cls, values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values: Iterable[Any]) -> Self:
            """One of values in the order of the fields."""
            return cls(*values)

        def _replace(self, **named: Any) -> Self:
            """The same with other values for some fields."""
            made = tuple.__new__(type(self), map(named.pop, self._fields, self))
            if named:
                raise TypeError(f"{type(self).__name__} has no field `{min(named)}`")
            return made

        def _asdict(self) -> dict[str, Any]:
            """The values by name."""
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            values = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({values})"

    def _completed(cls: type[NamedTuple], values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The values of all fields, of those given in order, those given by name, and those that may be left out."""
        fields, known = cls._fields, cls._field_defaults
        rest = fields[len(values) :]
        if named:
            known = {**known, **named} if len(named) < len(rest) else named
        try:
            found = (*values, *[known[field] for field in rest])
        except KeyError as error:
            raise TypeError(f"{cls.__name__}() lacks `{error.args[0]}`") from None
        unknown = named.keys() - rest if named else ()
        if unknown:
            raise TypeError(f"{cls.__name__}() takes no `{min(unknown)}`, or it is given twice")
        if len(found) > len(fields):
            raise TypeError(f"{cls.__name__}() takes {len(fields)} values, and {len(found)} are given")
        return found
