"""The mailbox that answers: submissions in, annotated workbooks back; nothing lost, nothing answered twice."""
