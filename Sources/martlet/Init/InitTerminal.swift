import Foundation

/// The terminal on which `martlet init` asks.
protocol InitTerminal {
    /// Shows a question and returns the answer without white space at its ends. Nil at the end of the input.
    ///
    /// - Parameter isSecret: the answer is not shown while it is typed.
    func ask(_ question: String, isSecret: Bool) -> String?
    func say(_ text: String)
}

/// Standard input and output, if both are a terminal.
struct SystemTerminal: InitTerminal {
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
    }

    func ask(_ question: String, isSecret: Bool) -> String? {
        FileHandle.standardOutput.write(Data(question.utf8))
        var before = termios()
        let isHidden = isSecret && tcgetattr(STDIN_FILENO, &before) == 0
        if isHidden {
            var hidden = before
            hidden.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        }
        defer {
            if isHidden {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                say("")
            }
        }
        return readLine()?.trimmingCharacters(in: .whitespaces)
    }

    func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
}
