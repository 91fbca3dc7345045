"""Room: agencies. Who of an agency may do what, changed by its administrators and entered in the record.

In:     an administrator's signed word on another person.
Out:    a role changed, or a person deactivated; all changes, for the agency's own people.
Holds:  each change and its entry are one transaction; a deactivated person's sessions end with it, and
        nobody makes them active again; an agency that has an administrator keeps one; nobody changes
        themselves; no agreement is needed for any of it.
Absent: appointing or removing an auditor (auditing): no agency can; names in the public record.
Why:    docs/design/people.md
"""
