import Basics

extension DialError: CustomStringConvertible {
    /// A text for the log and the operator. It names the endpoint, the problem, and where to look.
    package var description: String {
        switch self {
        case .notResolvable(let host, let reason):
            "there is no host by the name \(host) (\(reason)): check the spelling"
        case .lookUpFailed(let host, let problem):
            "the name \(host) could not be looked up: \(problem)"
        case .refused(let endpoint):
            "\(endpoint) refuses the connection: check that the server runs and listens on that port"
        case .unreachable(let endpoint, let reason):
            "\(endpoint) cannot be reached (\(reason)): check routes and firewalls"
        case .tooManyOpenFiles(let endpoint):
            "no connection with \(endpoint): \(DialError.tooManyOpenFiles)"
        case .timedOut(let endpoint, .resolving):
            "the name \(endpoint.host) could not be looked up in time: check the name servers in /etc/resolv.conf"
        case .timedOut(let endpoint, .handshake):
            "no answer from \(endpoint) in time, during the TLS handshake: check that this port speaks TLS"
        case .timedOut(let endpoint, .connecting):
            "no answer from \(endpoint) in time, during connecting"
        case .addressNotAllowed(let endpoint, let address, let scope):
            "\(endpoint) is at \(address), a \(scope.rawValue) address, and those are not allowed here"
        case .certificateNotTrusted(let endpoint, let problem):
            "the certificate of \(endpoint) is not trusted: \(problem)"
        case .tlsFailed(let endpoint, let problem):
            "no TLS with \(endpoint): \(problem.words)\(problem.remedy.map { ": \($0)" } ?? "")"
        case .closed(let endpoint):
            "\(endpoint) closed the connection before it was ready"
        case .noAddressForSource(let endpoint):
            "\(endpoint.host) has no address of the family of the source address: set a source-address of the other "
                + "family too"
        case .sourceNotUsable(let source, let reason):
            DialError.sourceNotUsable(source, reason)
        case .proxyFailed(let endpoint, let proxy, let problem):
            "no connection with \(endpoint) through the proxy \(proxy): \(problem.words)"
        case .badSettings(let reason):
            reason
        }
    }

    private static func sourceNotUsable(_ source: IPAddress, _ reason: String) -> String {
        let command = "ip \(source.bytes.count == 16 ? "-6 " : "")route add local PREFIX dev lo"
        return
            "connections cannot come from the source address \(source) (\(reason)): give it to an interface, or make "
            + "its whole prefix local with `\(command)` and let the router send the prefix to this machine"
    }

    fileprivate static let tooManyOpenFiles =
        "this process has reached its limit of open files: raise its limit (LimitNOFILE of the service, ulimit -n)"

    /// A text for the user who asked for the connection. It has no IP addresses and tells nothing about this machine.
    package var userText: String {
        switch self {
        case .notResolvable(let host, _): "There is no server by the name \(host)."
        case .lookUpFailed(let host, let problem): problem.userText(host)
        case .refused(let endpoint): "The server \(endpoint) does not accept connections at the moment."
        case .unreachable(let endpoint, _): "The server \(endpoint) cannot be reached at the moment."
        case .tooManyOpenFiles: LookUpProblem.tooManyOpenFiles.userText("")
        case .timedOut(let endpoint, .resolving): LookUpProblem.timedOut.userText(endpoint.host)
        case .timedOut(let endpoint, .handshake):
            "The server \(endpoint) took the connection, but did not begin TLS. Perhaps this port does not speak TLS."
        case .timedOut(let endpoint, .connecting): "The server \(endpoint) does not answer."
        case .addressNotAllowed(let endpoint, _, _): "Connections to \(endpoint.host) are not allowed here."
        case .certificateNotTrusted(let endpoint, let problem):
            "The certificate of \(endpoint) \(problem.words), so it is not trusted."
        case .tlsFailed(let endpoint, let problem):
            "No encrypted connection with \(endpoint) was possible: \(problem.words)."
        case .closed(let endpoint): "The server \(endpoint) closed the connection."
        case .noAddressForSource(let endpoint): "The server \(endpoint) cannot be reached from this gateway."
        case .proxyFailed(let endpoint, _, .refused(let code)):
            "The server \(endpoint) cannot be reached through this gateway's proxy: "
                + "\(SOCKSProblem.refused(code: code).words)."
        case .proxyFailed, .sourceNotUsable:
            "This gateway cannot make connections at the moment. Tell its operator."
        case .badSettings: "This gateway is not set up correctly for that server. Tell its operator."
        }
    }
}

extension LookUpProblem: CustomStringConvertible {
    /// A text for the log and the operator, as the end of "the name … could not be looked up: …".
    package var description: String {
        switch self {
        case .timedOut: "no name server answered in time: check those in /etc/resolv.conf"
        case .serverFailed(let reason):
            "the name servers failed (\(reason)): check those in /etc/resolv.conf, and those of that domain"
        case .refused: "the name server refuses to answer this machine: check its rules, or /etc/resolv.conf"
        case .noServer: "no name server runs at the addresses in /etc/resolv.conf"
        case .tooManyOpenFiles: DialError.tooManyOpenFiles
        case .tooMany: "too many names are being looked up for this user"
        case .cancelled: "nobody waits for it any more"
        }
    }

    /// A text for the user who named the host.
    package func userText(_ host: String) -> String {
        switch self {
        case .timedOut: "The name \(host) could not be looked up in time. Try again later."
        case .serverFailed: "The name \(host) could not be looked up, because its name servers failed. Try again later."
        case .refused, .noServer, .cancelled: "The name \(host) cannot be looked up at the moment. Try again later."
        case .tooManyOpenFiles: "This gateway has too many connections at the moment. Try again later."
        case .tooMany: "Too many names are being looked up for you. Try again in a moment."
        }
    }
}

extension CertificateProblem: CustomStringConvertible {
    /// The problem, the certificate that has it, and what the operator can do.
    package var description: String {
        let name = subject.isEmpty ? "it" : "the one for \"\(subject)\""
        return "\(name) \(words) (\(remedy))"
    }

    /// The problem, as the end of "the certificate …".
    package var words: String {
        switch kind {
        case .expired(let since): "expired on \(since)"
        case .notYetValid(let from): "is not valid before \(from)"
        case .selfSigned: "is self-signed"
        case .unknownIssuer(let issuer):
            issuer.isEmpty ? "has an unknown issuer" : "has the unknown issuer \"\(issuer)\""
        case .wrongName(let expected, let certified):
            "is not for \(expected) but for \(certified.isEmpty ? "no name" : certified.joined(separator: ", "))"
        case .otherKey(let sha256): "has another key than the pinned one, with SHA-256 \(sha256)"
        case .unverified(let reason): "could not be verified: \(reason)"
        }
    }

    private var remedy: String {
        switch kind {
        case .expired: "the server's operator has to renew it, or the clock here is wrong"
        case .notYetValid: "check the clock here"
        case .selfSigned: "if you know that it is right, pin its key (pin), or trust its file (ca-file)"
        case .unknownIssuer:
            "to trust it, set ca-file to the issuer's file (PEM); else the server has to send its intermediate "
                + "certificates"
        case .wrongName: "use one of its names in the server's address, or pin its key (pin)"
        case .otherKey: "if the server changed its key on purpose, pin the new one (pin)"
        case .unverified: "check the file of trusted certificates (ca-file)"
        }
    }
}
