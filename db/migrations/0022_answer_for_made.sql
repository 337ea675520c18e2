-- What keys have made before it was noted who answers for that: the person who answers for the key, or for the key that made it.
with recursive answered as (
  select k.account_id, k.id, coalesce(h.to_user_id, k.created_by_id) as person
  from api_keys k left join handovers h on h.account_id = k.account_id and h.subject_id = k.id
  where h.to_user_id is not null or (k.created_by_kind = 'user' and k.created_by_id is not null)
  union all
  select k.account_id, k.id, maker.person
  from answered maker join api_keys k
    on k.account_id = maker.account_id and k.created_by_kind = 'key' and k.created_by_id = maker.id
  where not exists (select from handovers h where h.account_id = k.account_id and h.subject_id = k.id)
), made as (
  select account_id, id, created_by_id from api_keys where created_by_kind = 'key'
  union all select account_id, id, created_by_id from credentials where created_by_kind = 'key'
  union all select account_id, id, created_by_id from integrations where created_by_kind = 'key'
  union all select account_id, id, created_by_id from webhooks where created_by_kind = 'key'
)
insert into handovers (account_id, subject_id, to_user_id)
select made.account_id, made.id, answered.person
from made join answered on answered.account_id = made.account_id and answered.id = made.created_by_id
on conflict (account_id, subject_id) do nothing;
