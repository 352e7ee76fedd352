import GatewayKit
import Logging
import Registry

/// Finds the accounts that a network names by a unique login value, such as a phone number.
extension Accounts {
    /// The note of a search for which the registry is being read.
    private struct Search: Note {
        let token: SearchToken
        let value: UniqueValue
    }
    /// The note of the read that names the users with values that the operator has given to other users.
    private struct Misplaced: Note {}

    /// A search whose user the registry has named, while the user is being loaded.
    struct FoundUser: Sendable {
        let token: SearchToken
        let user: UserID
        /// Whether the user's data have been asked for.
        var isLoading = false
    }

    /// Users who lose their registration, because the operator has given their value to another user.
    struct Eviction: Sendable {
        /// The user whose data have been asked for.
        let current: UserID
        let rest: [UserID]
    }

    /// Handles a search of the adapter: finds the account that has a value, opens its session, and answers.
    func find(_ value: UniqueValue, _ token: SearchToken) {
        guard !kernel.isStopping else {
            return answer(token, .unknown(Failure(.remoteDown, "The gateway is closing.", retry: .after(.zero))))
        }
        let query = UniqueValueOwner(gateway: kernel.gateway, value)
        kernel.order(.read(query, .note(NoteSlip(Self.id, Search(token: token, value: value)))))
    }

    /// Takes the answer of the registry to `find` or `findMisplacedValues`.
    func read(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        switch (note, result) {
        case (let search as Search, .success(let owner as UserID)):
            finish(FoundUser(token: search.token, user: owner))
        case (let search as Search, .success):
            // The operator has given the value to a user who has never used the gateway.
            guard let user = kernel.rules.assignments[search.value] else { return answer(search.token, .nobody) }
            finish(FoundUser(token: search.token, user: user))
        case (let search as Search, .failure): answer(search.token, .unknown(.registryAway))
        case (is Misplaced, .success(let users as [UserID])): evictNext(users)
        case (is Misplaced, .failure(let error)):
            kernel.log(
                .error, "cannot check whether users have numbers that the configuration gives to others",
                ["reason": "\(error)"])
        default: break
        }
    }

    /// Finishes a search that has found a user: loads the user if necessary, opens the user's session, and tells the
    /// adapter.
    func finish(_ found: FoundUser) {
        guard let user = kernel.users[found.user] else {
            let next = FoundUser(token: found.token, user: found.user, isLoading: true)
            // The adapter's caller waits for the answer, so the data are asked for once only.
            let isWaiting =
                !found.isLoading && kernel.wait(.timer(TimerTag(Self.finishSearchTimer, about: next)), for: found.user)
            if !isWaiting { answer(found.token, .unknown(.registryAway)) }
            return
        }
        openWithUser(user)
        answer(found.token, isRegistered(user) && kernel.mayUse(user.jid) ? .open : .nobody)
    }

    private func answer(_ token: SearchToken, _ finding: AccountFinder.Finding) {
        kernel.order(.found(token, finding))
    }

    // MARK: Values that the operator has given to another user

    /// Asks the registry for the users with values that the operator has given to other users. Called at the start of
    /// the gateway.
    func findMisplacedValues() {
        let assignments = kernel.rules.assignments
        guard !assignments.isEmpty else { return }
        let query = MisplacedValues(gateway: kernel.gateway, assignments: assignments)
        kernel.order(.read(query, .note(NoteSlip(Self.id, Misplaced()))))
    }

    /// Loads the first of these users that is not loaded. `load` ends the registration. `goOn` comes back for the rest.
    private func evictNext(_ users: [UserID]) {
        let left = users.drop { kernel.users[$0] != nil }
        guard let next = left.first else { return }
        let tag = TimerTag(Self.evictTimer, about: Eviction(current: next, rest: Array(left.dropFirst())))
        if !kernel.wait(.timer(tag), for: next) { kernel.order(.timer(tag, after: .seconds(5))) }
    }

    /// Goes on after the data of a user have been asked for. A user whose data could not be read comes again after all
    /// others.
    func goOn(_ eviction: Eviction) {
        let isDone = kernel.users[eviction.current] != nil
        evictNext(isDone ? eviction.rest : eviction.rest + [eviction.current])
    }
}
