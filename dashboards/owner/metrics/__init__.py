"""The owner's figures: sums over the clinic's visits, never a patient.

`definitions` says what each figure means, `counting` how it is counted from the rows, `reading` adds up what is stored
and counts the rest, `sheets` lays it out as tables. Only here may a query start at `of_clinic(actor)`.
"""
