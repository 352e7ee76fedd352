/// Names and explains every metric of the program. `/metrics` shows the explanations, and the manual has the same table
/// (Documentation/Martlet.docc/Watching.md).
enum MetricCatalogue {
    struct Metric: Sendable, Equatable {
        enum Kind: String, Sendable { case counter, gauge, histogram }

        /// The name as `/metrics` shows it.
        let name: String
        let kind: Kind
        let labels: [String]
        let help: String

        init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String) {
            self.name = name
            self.kind = kind
            self.labels = labels
            self.help = help
        }
    }

    static let all = streams + messages + networks + program

    private static let streams = [
        Metric(
            "martlet_build_info", .gauge, ["version"],
            "Always 1. The label is the version of the program."),
        Metric(
            "martlet_part_up", .gauge, ["part"],
            "1 if a part of the program works, 0 if it does not. The parts are those of `/health`: "
                + "streams, the registry, provider accounts."),
        Metric(
            "martlet_stream_up", .gauge, ["gateway"],
            "1 while the stream to the XMPP server is open, otherwise 0."),
        Metric(
            "martlet_stream_opened_total", .counter, ["gateway"],
            "How often the stream has opened. It grows with each reconnect."),
        Metric(
            "martlet_stream_stanzas_total", .counter, ["gateway", "direction"],
            "Stanzas over the stream. The direction is `in` (from the XMPP server) or `out`."),
        Metric(
            "martlet_stream_refused_total", .counter, ["gateway", "reason"],
            "Stanzas from the XMPP server that were answered with an error or skipped, because they were "
                + "too large, malformed, or of an unknown kind."),
        Metric(
            "martlet_stream_waiting_bytes", .gauge, ["gateway"],
            "Bytes that wait for the XMPP server."),
        Metric(
            "martlet_stanzas_unsent_total", .counter, ["gateway"],
            "Stanzas that the stream did not take, because it was closed or full."),
        Metric(
            "martlet_sessions", .gauge, ["gateway", "network"],
            "Open sessions of users. Networks that are not in the configuration count as `other`."),
        Metric(
            "martlet_rooms", .gauge, ["gateway"],
            "Rooms that users are in or enter. A room counts once for each of its users."),
        Metric(
            "martlet_users_loaded", .gauge, ["gateway"],
            "Users whose data are in memory."),
        Metric(
            "martlet_held_bytes", .gauge, ["gateway"],
            "Bytes of stanzas that wait until the registry has written earlier changes of their users."),
        Metric(
            "martlet_slices_waiting", .gauge, ["gateway"],
            "Parts of long work, such as announcements, that wait for their turn."),
    ]

    private static let messages = [
        Metric(
            "martlet_ledger_messages", .gauge, ["gateway", "network", "state"],
            "Messages that wait. The state is `waiting` (for the network), `handing` (the network has not "
                + "answered yet) or `inbound` (for the XMPP server or its users)."),
        Metric(
            "martlet_ledger_oldest_seconds", .gauge, ["gateway", "network", "state"],
            "Age of the oldest message that waits; 0 if none waits."),
        Metric(
            "martlet_messages_out_total", .counter, ["gateway"],
            "Messages of users that a network has taken."),
        Metric(
            "martlet_messages_in_total", .counter, ["gateway"],
            "Messages of networks for users."),
        Metric(
            "martlet_messages_failed_total", .counter, ["gateway"],
            "Messages of users that failed."),
        Metric(
            "martlet_messages_blocked_total", .counter, ["gateway"],
            "Messages of people whom their recipients have blocked."),
        Metric(
            "martlet_messages_dropped_total", .counter, ["gateway"],
            "Live messages that were dropped, because too many waited for the XMPP server."),
        Metric(
            "martlet_messages_given_up_total", .counter, ["gateway"],
            "Messages of networks that were given up, because the user's server has returned them for too "
                + "long."),
        Metric(
            "martlet_duplicates_in_total", .counter, ["gateway"],
            "Messages of networks that came a second time."),
        Metric(
            "martlet_repeats_out_total", .counter, ["gateway"],
            "Messages that a client has sent a second time."),
        Metric(
            "martlet_stanza_errors_total", .counter, ["gateway"],
            "Stanzas that were answered with an error."),
        Metric(
            "martlet_stanzas_ignored_total", .counter, ["gateway"],
            "Stanzas and events that had no effect."),
        Metric(
            "martlet_unmatched_reports_total", .counter, ["gateway"],
            "Reports about messages that are not in the ledger, or whose outcome is known."),
        Metric(
            "martlet_not_stored_total", .counter, ["gateway"],
            "Messages, or outcomes of messages, that the registry could not store."),
        Metric(
            "martlet_over_limit_total", .counter, ["gateway"],
            "Refusals because of a limit of one user."),
    ]

    private static let networks = [
        Metric(
            "martlet_provider_events_total", .counter, ["gateway", "account", "event"],
            "Events at an account of a provider: messages `accepted`, `refused` for good, "
                + "`account-refused`, `postponed` to a later attempt, or `unknown` because no answer came; and "
                + "`call-refused` for calls to the webhook."),
        Metric(
            "martlet_account_paused", .gauge, ["gateway", "account"],
            "1 while the provider refuses the account, so that its messages wait."),
        Metric(
            "martlet_irc_lines_ignored_total", .counter, ["gateway"],
            "Lines of IRC servers that could not be read."),
        Metric(
            "martlet_http_connections", .gauge, ["listener"],
            "Open connections. The listener is `webhooks` or `operations`."),
        Metric(
            "martlet_http_connections_refused_total", .counter, ["listener", "reason"],
            "Connections that were closed because of a limit."),
        Metric(
            "martlet_http_requests_total", .counter, ["listener", "status"],
            "Answered requests by the class of the status: `2xx`, `3xx`, `4xx` or `5xx`."),
    ]

    private static let program = [
        Metric(
            "martlet_loop_lag_seconds", .histogram, ["loop"],
            "How long a task waits for its turn on an event loop, measured each second. All gateways "
                + "share the loops."),
        Metric(
            "martlet_registry_commits_total", .counter, ["result"],
            "Commits to the registry, `written` or `failed`."),
        Metric(
            "martlet_registry_changes_total", .counter, [],
            "Changes in these commits."),
        Metric(
            "martlet_registry_commit_seconds", .histogram, [],
            "The time of a commit."),
        Metric(
            "martlet_registry_unanswered", .gauge, ["gateway"],
            "Changes and reads that the registry has not answered."),
        Metric(
            "martlet_registry_bytes", .gauge, ["file"],
            "The size of the registry: of its `database`, and of the `journal` beside it."),
        Metric(
            "process_resident_memory_bytes", .gauge, [],
            "Memory that the process occupies."),
        Metric(
            "process_open_fds", .gauge, [],
            "Open files and sockets."),
        Metric(
            "process_max_fds", .gauge, [],
            "The limit of open files and sockets."),
        Metric(
            "process_cpu_seconds_total", .counter, [],
            "Processor time that the process has used."),
        Metric(
            "process_start_time_seconds", .gauge, [],
            "The time of the start, in seconds since 1970."),
    ]
}
