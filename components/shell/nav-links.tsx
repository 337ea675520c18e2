import { NavLink } from './nav-link'
import { apiReference, type Place } from './navigation'

/** What the settings column lists, here and in the menu of small screens. */
export function NavLinks({ places, onNavigate }: { places: Place[]; onNavigate?: () => void }) {
  return (
    <div className="grid gap-4">
      <NavGroup title="Settings">
        {places.map((place) => (
          <li key={place.href}>
            <NavLink place={place} onNavigate={onNavigate} />
          </li>
        ))}
      </NavGroup>
      <NavGroup title="Developers">
        <li>
          <NavLink place={apiReference} onNavigate={onNavigate} />
        </li>
      </NavGroup>
    </div>
  )
}

function NavGroup({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h2 className="px-2.5 pb-1 font-medium text-muted-foreground text-xs">{title}</h2>
      <ul className="grid gap-0.5">{children}</ul>
    </div>
  )
}
