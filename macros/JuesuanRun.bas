Option Explicit
' Starts the Python program for one button and waits for it. No rules in here.
' ASCII only: Chinese stands in customUI14.xml and in Python.

Public Sub Press(ByVal action As String)
    Dim book As Object
    Dim python As String
    Set book = ActiveWorkbook
    If book Is Nothing Then
        MsgBox TextNoBook(), 48, "juesuan"
        Exit Sub
    End If
    python = PythonPath()
    If python = "" Then
        MsgBox TextNoPython(), 48, "juesuan"
        Exit Sub
    End If
    If Application.PathSeparator = "\" Then
        On Error GoTo Blocked
        If CreateObject("WScript.Shell").Run(WindowsCommand(python, action, book.FullName, WindowOf()), 0, True) <> 0 Then
            MsgBox TextFailed(), 48, "juesuan"
        End If
    Else
        Shell OtherCommand(python, action, book.Path & "/" & book.Name), 0
    End If
    Exit Sub
Blocked:
    MsgBox TextBlocked(), 48, "juesuan"
End Sub

' No cmd.exe, so & and ^ mean nothing; but Run replaces %NAME%, and * is in no file name.
Public Function WindowsCommand(ByVal python As String, ByVal action As String, ByVal fullName As String, ByVal window As String) As String
    WindowsCommand = Quoted(python) & " -P -m juesuan.buttons " & action & " " & Quoted("--book=" & Replace(fullName, "%", "*")) & " --hwnd=" & window
End Function

Public Function OtherCommand(ByVal python As String, ByVal action As String, ByVal fullName As String) As String
    OtherCommand = Quoted(python) & " -P -m juesuan.buttons " & action & " " & Quoted("--book=" & Replace(fullName, "%", "*"))
End Function

' A program that does not tell its window, as some WPS: the workbook is then looked for in every program.
Private Function WindowOf() As String
    WindowOf = "0"
    On Error Resume Next
    WindowOf = CStr(Application.Hwnd)
End Function

Private Function Quoted(ByVal text As String) As String
    Quoted = Chr(34) & text & Chr(34)
End Function

' Set by hand, beside this file (the offline kit), or written down by "juesuan addin install".
Private Function PythonPath() As String
    PythonPath = Environ("JUESUAN_PYTHON")
    If PythonPath <> "" Then Exit Function
    On Error Resume Next
    Dim beside As String
    beside = ThisWorkbook.Path & "\python\pythonw.exe"
    If CreateObject("Scripting.FileSystemObject").FileExists(beside) Then PythonPath = beside
    If PythonPath = "" Then PythonPath = CreateObject("WScript.Shell").RegRead("HKCU\Software\juesuan\python")
End Function
