"""The ballot (票决): the roll, the quorum, secret papers, the count and its confirmation.

Where a ballot goes is `processes/review_meeting/ballot.bpmn`; when it is enough and what passes are `quorum.dmn` and
`pass.dmn`. Who voted how is kept nowhere: see `docs/security.md` (J06, J07, J08, J13, J29, Q18, Q19, Q25, Q26, Q27, W16).
"""
