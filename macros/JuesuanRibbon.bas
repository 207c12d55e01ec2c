Option Explicit
' The one callback of every ribbon button: the id of a button is the action it starts.

Public Sub PressControl(control As IRibbonControl)
    Press control.ID
End Sub
