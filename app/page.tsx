export default function Home() {
  return <main>Fenicia</main>
}
