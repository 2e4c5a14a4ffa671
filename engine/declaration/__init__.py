"""The declaration: started by a person, filled section by section, reviewed level by level, shown in lists.

Where it goes is `processes/declaration/declaration.bpmn`; what it must hold are the forms and decision tables beside it.
Here is what diagram and forms cannot say: who may start one, how sections agree, what the lists read.
"""
