"""Named tuples that are made quickly: what `typing.NamedTuple` gives, without its looking at every annotation.

Half a hundred of them are made at the start of every check, where that looking cost as much as reading the workbook.
Type checkers see `typing.NamedTuple` itself.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    try:
        from _collections import _tuplegetter
    except ImportError:  # as `collections` itself does in other interpreters
        from operator import itemgetter

        def _tuplegetter(index, _):
            return property(itemgetter(index))

    class _Maker(type):
        """Makes the class of a record: for each annotated name a field, with what is assigned to it as its default."""

        def __new__(cls, name, bases, body):
            if fields := tuple(body.get("__annotations__", ())):
                defaults = tuple([body[field] for field in fields if field in body])
                if any(field in body for field in fields[: len(fields) - len(defaults)]):
                    raise TypeError(f"{name}: a field without a default stands behind one that has it")
                given = ", ".join(fields)
                made = eval(f"lambda _cls, {given}: _new(_cls, ({given},))", {"_new": tuple.__new__})
                made.__defaults__ = defaults
                own = {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
                body |= own | {"__new__": made, "__slots__": (), "_fields": fields, "__match_args__": fields}
            return type.__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Maker):
        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **changes):
            replaced = tuple.__new__(type(self), [changes.pop(*item) for item in zip(self._fields, self, strict=True)])
            if changes:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return replaced

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)
