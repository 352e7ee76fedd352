import Testing

@testable import GatewayCore

extension Scene {
    /// Gives a command from the console, whose answer may come later.
    func ask(_ command: String, _ values: [String: [String]] = [:]) -> ConsoleToken {
        let token = ConsoleToken(consoleAnswers.count + 1_000)
        post(.console(ConsoleRequest(command, values, by: "root"), token))
        return token
    }

    /// Gives a command from the console, and returns its answer.
    func console(_ command: String, _ values: [String: [String]] = [:]) -> Result<ConsoleAnswer, ConsoleRefusal> {
        let token = ask(command, values)
        return consoleAnswers[token] ?? .failure(ConsoleRefusal(words: "no answer"))
    }
}
