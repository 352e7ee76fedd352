import GatewayKit
import Logging
import Registry
import XMPP

/// The core of one gateway: takes inputs one by one and answers with effects, which the caller carries out.
///
/// The core lives on the gateway's event loop. `handle` does no I/O and never waits. Time and ids come from `World`.
package final class Core {
    let kernel: Kernel
    let features: AllFeatures

    package init(settings: CoreSettings, rules: any NetworkRules, world: World) {
        kernel = Kernel(settings: settings, rules: rules, world: world)
        features = AllFeatures(kernel)
        for feature in features.all { feature.register(in: &kernel.routes) }
        let conflicts = kernel.routes.conflicts
        precondition(conflicts.isEmpty, conflicts.joined(separator: " "))
    }

    deinit {
        // The kernel holds the routes, the routes hold the features, and the features hold the kernel. This breaks the
        // cycle.
        kernel.routes = Routes()
        for feature in features.all { feature.close() }
    }

    /// Handles one input. Then take all effects with `nextEffect`, before the next input.
    package func handle(_ input: consuming Input) {
        kernel.inputNumber &+= 1
        switch consume input {
        case .stanza(let stanza): features.dispatch.received(stanza)
        case .event(let account, let event, let token):
            features.dispatch.received(event, of: account, token: token)
        case .wanted(let value, let token): features.accounts.find(value, token)
        case .noted(let fact, let token): features.ledger.note(fact, token)
        case .started(let snapshot): start(from: snapshot)
        case .linkOpened: linkOpened()
        case .linkClosed:
            kernel.isLinkOpen = false
            for subscriber in kernel.routes.moments.linkClosed { subscriber() }
        case .streamRefused(let stanza): features.home.streamRefused(stanza)
        case .committed(let tag, let result): committed(tag, result)
        case .loaded(let user, let result): features.dispatch.loaded(user, result) { handle($0) }
        case .read(.note(let slip), let result): kernel.routes.notes[slip.feature]?.read(slip.note, result)
        case .fenced(let batch, let taken): features.home.fenced(batch: batch, taken: taken)
        case .reached(.slices): features.jobs.confirmed()
        case .reached(.account(let account)): features.accounts.confirmed(account)
        case .answered(.note(let slip), let answer): kernel.routes.notes[slip.feature]?.answered(slip.note, answer)
        case .notAsked(.note(let slip)): kernel.routes.notes[slip.feature]?.notAsked(slip.note)
        case .timer(let tag): kernel.routes.timers[tag.timer]?(tag.subject)
        case .console(let request, let token): features.commands.execute(request, token)
        case .accessChanged(let access):
            kernel.replaceAccess(access)
            for subscriber in kernel.routes.moments.accessChanged { subscriber() }
        case .stopping(let reason): stop(reason: reason)
        }
    }

    /// Removes and returns the next effect; nil when there is none.
    package func nextEffect() -> Effect? { kernel.nextEffect() }

    /// Whether slices or an announcement are unfinished while the stream is open. A gateway that stops waits until this
    /// is false.
    package var isBusy: Bool {
        kernel.isLinkOpen
            && (!features.jobs.isEmpty || features.contacts.isAnnouncing || features.home.outbox.isResendPlanned)
    }

    /// The progress of the goodbyes to contacts. Nil while the gateway runs, or if the stream was closed at the
    /// beginning of the shutdown.
    package var goodbyes: Goodbyes? { features.contacts.goodbyes }

    private func start(from snapshot: GatewaySnapshot) {
        for subscriber in kernel.routes.moments.started { subscriber(snapshot) }
        if kernel.isLinkOpen { linkOpened() }
    }

    private func linkOpened() {
        kernel.isLinkOpen = true
        for subscriber in kernel.routes.moments.linkOpened { subscriber() }
    }

    /// Tells the features that the gateway stops, and closes all adapter sessions. Rooms say goodbye to their members
    /// at once; the contacts' presence follows in slices.
    private func stop(reason: String) {
        kernel.isStopping = true
        for subscriber in kernel.routes.moments.stopping { subscriber(reason) }
        features.accounts.closeEverything(reason: reason)
    }

    private func committed(_ tag: CommitTag, _ result: Result<ChangeReply, RegistryError>) {
        switch tag {
        case .unattended:
            if case .failure(let error) = result {
                kernel.log(.error, "the registry could not write a change", ["reason": "\(error)"])
            }
        case .stored(let entry, let message): features.ledger.outboundStored(entry, message, result)
        case .markedHandedOver(let id): features.ledger.markedHandedOver(id, result)
        case .outcome(let id, let outcome, let token): features.ledger.outcomeStored(id, outcome, token, result)
        case .inbound(let entry, let token): features.ledger.inboundStored(entry, token, result)
        case .note(let slip): kernel.routes.notes[slip.feature]?.committed(slip.note, result)
        case .ofUser(let id, let tag):
            kernel.userWrites -= 1
            if let user = kernel.users[id] { user.writes -= 1 }
            committed(tag, result)
        case .inOrder(let id, let tag):
            let user = kernel.users[id]
            user?.changes -= 1
            committed(tag, result)
            if let user { features.dispatch.handleHeld(of: user) }
        }
    }
}
