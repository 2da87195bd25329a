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

    /// The unit of its time limits; nil where it has none, or where they count something else than a call.
    var timeoutUnit: String? {
        switch self {
        case .cline, .roo, .goose: "s"
        case .gemini, .libreChat, .opencode: "ms"
        case .claudeDesktop, .claudeCode, .cursor, .vscode, .windsurf, .codex, .zed, .jetbrains, .lmStudio: nil
        }
    }
}
