import GatewayCore

/// Carries commands of operators at the machine to the core.
extension GatewayLoop {
    /// Receives the answer to a command of the console.
    typealias ConsoleReply = (Result<ConsoleAnswer, ConsoleRefusal>) -> Void

    /// Carries out a command. Calls `done` once, on the loop. It is not called if the gateway ends meanwhile.
    func console(_ request: ConsoleRequest, done: @escaping ConsoleReply) { post(.console(request, keep(done))) }
}
