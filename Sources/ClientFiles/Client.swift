import ProxyConfiguration

/// A program that keeps a list of MCP servers in a file of its own.
package enum Client: String, Sendable, Equatable, CaseIterable {
    case claudeDesktop = "claude-desktop"
    case claudeCode = "claude-code"
    case cursor
    case vscode
    case windsurf
    case gemini
    case codex
    case cline
    case roo
    case zed
    case goose
    case opencode
    case jetbrains
    case lmStudio = "lm-studio"
    case libreChat = "librechat"

    /// What people call it.
    package var title: String {
        switch self {
        case .claudeDesktop: "Claude Desktop"
        case .claudeCode: "Claude Code"
        case .cursor: "Cursor"
        case .vscode: "VS Code"
        case .windsurf: "Windsurf"
        case .gemini: "Gemini CLI"
        case .codex: "Codex"
        case .cline: "Cline"
        case .roo: "Roo Code"
        case .zed: "Zed"
        case .goose: "Goose"
        case .opencode: "opencode"
        case .jetbrains: "JetBrains"
        case .lmStudio: "LM Studio"
        case .libreChat: "LibreChat"
        }
    }

    /// What it puts in the place of parts of a text.
    enum Placeholders {
        /// Nothing.
        case none
        /// `${NAME}` and `${NAME:-default}`.
        case shellLike
        /// `${env:NAME}`, `${input:id}` and what only an editor knows.
        case editorLike
        /// `$NAME` and `${NAME}`, as the proxy itself.
        case asHere
        /// `{env:NAME}`.
        case braces
    }

    var placeholders: Placeholders {
        switch self {
        case .claudeDesktop, .codex, .zed, .goose, .jetbrains, .lmStudio: .none
        case .claudeCode: .shellLike
        case .cursor, .vscode, .windsurf, .cline, .roo: .editorLike
        case .gemini, .libreChat: .asHere
        case .opencode: .braces
        }
    }

    /// What a `timeout` of its servers counts; nil where it has none.
    var timeoutUnit: ForeignTime.Unit? {
        switch self {
        case .cline, .roo, .goose: .seconds
        case .claudeCode, .gemini, .libreChat, .opencode: .milliseconds
        // Zed has counted both, and of the others nobody says.
        case .zed, .jetbrains, .lmStudio: .either
        case .claudeDesktop, .cursor, .vscode, .windsurf, .codex: nil
        }
    }
}
