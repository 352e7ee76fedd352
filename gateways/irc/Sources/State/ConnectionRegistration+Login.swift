import Basics
import GatewayKit

/// The login to the user's account, by SASL or by the network's account service.
extension ConnectionRegistration {
    /// Begins a login by SASL if the network offers it and the user has an account. Returns nothing if not.
    mutating func startSASL() -> [Action] {
        guard !isLoggedIn, sasl == nil, logins < Self.loginLimit, capabilities.enabled.contains(.sasl),
            let account = login.account
        else { return [] }
        var next = SASLLogin(
            account.credentials, offered: capabilities.offers["sasl"] ?? "", nonce: "\(account.nonce)-\(logins)-")
        // Without a common mechanism, the login is left to the account service (`endOfWelcome`).
        guard next.isPossible else { return [] }
        let steps = next.start()
        sasl = next
        logins += 1
        if phase == .negotiating { phase = .authenticating }
        return perform(steps)
    }

    /// Translates the steps of `sasl` to actions. The end of the login also ends the negotiation of capabilities, if it
    /// waits for the login.
    mutating func perform(_ steps: [SASLLogin.Step]) -> [Action] {
        steps.flatMap { step -> [Action] in
            switch step {
            case .send(let line): return [.send(line)]
            case .succeeded:
                sasl = nil
                // 900 has named the account, but some servers send only 903.
                let told = isLoggedIn ? [] : loggedIn(login.account?.credentials.account ?? "")
                return told + afterSASL()
            case .refused(let reason):
                sasl = nil
                let words = reason.asSentence + (login.account?.credentials.hint ?? "")
                return loginFailed(Self.wrongLogin(words), .login) ?? [.tell(Self.withoutLogin(words))] + afterSASL()
            case .unavailable(let reason):
                sasl = nil
                return loginFailed(Self.noLogin(reason), .broken) ?? [.tell(Self.withoutLogin(reason))] + afterSASL()
            }
        }
    }

    private mutating func afterSASL() -> [Action] { phase == .authenticating ? endCapabilities() : [] }

    /// Does a slice of the work of a login.
    mutating func deriveKeySlice() -> [Action] { perform(sasl?.deriveKeySlice() ?? []) }

    /// Ends the wait for a verdict about the login.
    mutating func timedOut() -> [Action] {
        if phase == .identifying {
            let words = "\(login.account?.service?.nick ?? "The account service") has not confirmed your login in time."
            return ready([.tell(words)])
        }
        return perform(sasl?.timedOut() ?? [])
    }

    /// Ends the welcome: asks the account service to log the user in, unless that is done or not possible.
    mutating func endOfWelcome() -> [Action] {
        guard !isLoggedIn, logins == 0, let credentials = login.account?.credentials else { return ready() }
        guard let line = login.account?.service?.line(credentials) else {
            let reason = "This network offers no way to log in that this gateway knows."
            return loginFailed(Self.noLogin(reason), .login) ?? ready([.tell(Self.withoutLogin(reason))])
        }
        logins += 1
        phase = .identifying
        serviceLine = line
        return [.send(line)]
    }

    /// Notes that the network has logged us in. Call it for 900, 903, the user mode `+r`, and a NOTICE of the service.
    ///
    /// - Parameter account: empty if the network has not named it.
    mutating func loggedIn(_ account: String) -> [Action] {
        isLoggedIn = true
        let done = Action.loggedIn(account: account)
        return phase == .identifying ? [done] + ready() : [done]
    }

    /// Handles a NOTICE while the verdict of the account service is awaited.
    mutating func serviceSpoke(_ message: IRCMessage) -> [Action] {
        guard phase == .identifying, let verdict = login.account?.service?.verdict(message) else { return [] }
        switch verdict {
        case .confirmed: return loggedIn(login.account?.credentials.account ?? "")
        case .refused(let words):
            let reason = "\(login.account?.service?.nick ?? "The account service") says: \(words)"
            return loginFailed(Self.wrongLogin(reason), .login) ?? ready([.tell(Self.withoutLogin(reason))])
        }
    }

    /// Handles the error for a message to the account service, when nobody has its nick.
    mutating func serviceIsMissing(_ message: IRCMessage) -> [Action] {
        guard phase == .identifying, let service = login.account?.service, message.parameters.count > 1,
            CaseMapping.ascii.fold(String(message.parameters[1].prefix { $0 != "@" }))
                == CaseMapping.ascii.fold(service.nick)
        else { return [] }
        let reason = "The account service \(service.nick) is not there."
        return loginFailed(Self.noLogin(reason), .broken) ?? ready([.tell(Self.withoutLogin(reason))])
    }

    private mutating func ready(_ before: [Action] = []) -> [Action] {
        phase = .ready
        serviceLine = nil
        return before + [.ready]
    }

    /// Ends the registration if the login is required and the connection is not ready yet. Otherwise returns nil.
    private mutating func loginFailed(_ failure: Failure, _ cause: LinkEnd.Cause) -> [Action]? {
        guard login.account?.credentials.isRequired == true, phase != .ready else { return nil }
        return end(failure, cause)
    }

    private static func wrongLogin(_ reason: String) -> Failure {
        Failure(
            .notAuthorized,
            "The login to your account on this network failed. Check its name and password in your settings. \(reason)")
    }

    private static func noLogin(_ reason: String) -> Failure {
        Failure(.remoteDown, "The login to your account on this network was not possible. \(reason)")
    }

    private static func withoutLogin(_ reason: String) -> String { "You are not logged in to your account. \(reason)" }
}
