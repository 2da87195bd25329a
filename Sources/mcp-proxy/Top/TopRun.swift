import ProxyControl
import TopScreen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One visit to the live page of `mcp-proxy top`.
struct TopRun: Sendable {
    private enum Event: Sendable {
        case typed([UInt8])
        case moment(ProxyMoment)
        case problem(String)
        /// A second has passed.
        case second
        /// What the terminal shows, or how large it is, may be something else.
        case drawAnew
        case end
    }

    /// The size of a terminal that does not say.
    private static let usualSize = (columns: 80, rows: 24)

    let source: MomentSource
    let interval: Duration

    private let refresh = EventCount()
    private let hasColours = TerminalColours.areWanted(on: STDOUT_FILENO)

    init(_ source: MomentSource, every interval: Duration) {
        (self.source, self.interval) = (source, interval)
    }

    /// Shows the page until somebody ends it, and leaves the terminal as it was.
    func run(from first: ProxyMoment, until signals: TerminationSignals) async {
        let (events, hear) = AsyncStream.makeStream(of: Event.self)
        let screen = TerminalScreen { hear.yield(.end) }
        let screenSignals = ScreenSignals { Self.take($0, screen, hear) }
        let typed = StandardInput.isTerminal ? TypedBytes { hear.yield($0.isEmpty ? .end : .typed($0)) } : nil
        screen.begin()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await poll(hear) }
            group.addTask { await tick(hear) }
            for end in [signals.arrivals, signals.hangups] {
                group.addTask {
                    await end.wait(past: 0)
                    hear.yield(.end)
                }
            }
            await show(first, events, on: screen)
            group.cancelAll()
        }
        screen.end()
        withExtendedLifetime((screenSignals, typed)) {}
    }

    /// Stopping gives the terminal back before, and going on takes it again.
    private static func take(_ signal: CInt, _ screen: TerminalScreen, _ hear: AsyncStream<Event>.Continuation) {
        switch signal {
        case SIGTSTP: screen.stop()
        case SIGCONT:
            screen.begin()
            hear.yield(.drawAnew)
        case SIGQUIT: hear.yield(.end)
        default: hear.yield(.drawAnew)
        }
    }

    // MARK: What comes

    private func poll(_ hear: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            await pause(past: refresh.current)
            do {
                hear.yield(.moment(try await source.moment()))
            } catch let error as CommandFailure {
                hear.yield(.problem(error.words))
            } catch let error as ManagementClient.NoProxy {
                hear.yield(.problem(error.words))
            } catch {
                hear.yield(.problem("\(error)"))
            }
        }
    }

    /// Waits as long as is said, or until somebody wants to know at once.
    private func pause(past refreshes: Int) async {
        await withTaskGroup(of: Void.self) { group in
            // A pause is cut short only when nobody waits any more.
            group.addTask { try? await Task.sleep(for: interval) }
            group.addTask { await refresh.wait(past: refreshes) }
            await group.next()
            group.cancelAll()
        }
    }

    private func tick(_ hear: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            // As above.
            try? await Task.sleep(for: .seconds(1))
            hear.yield(.second)
        }
    }

    // MARK: What is shown

    private func show(_ first: ProxyMoment, _ events: AsyncStream<Event>, on screen: TerminalScreen) async {
        var page = TopPage(first)
        var keys = KeyReader()
        var (drawn, isAnew) = (ScreenFrame?.none, true)
        func draw() {
            let size = TerminalSize.current
            let frame = page.frame(
                columns: size?.columns ?? Self.usualSize.columns, lines: size?.rows ?? Self.usualSize.rows)
            guard isAnew || frame != drawn else { return }
            screen.draw((isAnew ? "\u{1B}[2J" : "") + frame.steps(hasColours: hasColours))
            (drawn, isAnew) = (frame, false)
        }
        draw()
        for await event in events {
            switch event {
            case .end: return
            case .moment(let moment): page.show(moment)
            case .problem(let words):
                page.show(problem: words.split(separator: "\n").map(String.init), at: WallClock.now)
            case .second: page.lookAtClock(WallClock.now, interval: interval / .seconds(1))
            case .drawAnew: isAnew = true
            case .typed(let bytes):
                for key in keys.keys(bytes) {
                    switch page.press(key) {
                    case .quit: return
                    case .refresh: refresh.note()
                    case .redraw: isAnew = true
                    case .nothing: break
                    }
                }
            }
            draw()
        }
    }
}
